/** Hosts of the network of Figure 3, in the order of the columns below. */
export const FIGURE_3_HOSTS = ['MASTER', 'DM1', 'FSA', 'FS1A', 'FTAA', 'FTA1A'] as const;

/**
 * The link part of STATE in `showcpus` (positions 1, 2 and 6), as the original's
 * "Use of the feature" prints it: rows by workstation, columns by the host on
 * which one looks.
 */
export const TRADITIONAL_TABLE: Readonly<Record<string, readonly string[]>> = {
  MASTER: ['', 'LT W', 'LT W', 'L', 'LT W', ''],
  FSA: ['LT W', '', '', '', '', ''],
  FTAA: ['LT W', '', 'L', '', '', ''],
  DM1: ['LT W', '', 'L', 'LT W', '', 'LT W'],
  FS1A: ['L', 'LT W', 'L', '', '', ''],
  FTA1A: ['L', 'LT W', 'L', 'L', '', ''],
  'X-A': ['L', 'L', 'L', 'L', '', ''],
};

/** The same with switch fault tolerance. */
export const ENHANCED_TABLE: Readonly<Record<string, readonly string[]>> = {
  MASTER: ['F', 'FT W', 'FT W', 'F W', 'FT W', ''],
  FSA: ['FT W', '', 'F', '', '', ''],
  FTAA: ['FT W', '', 'F W', '', 'F', ''],
  DM1: ['FT W', 'F', 'F W', 'FT W', '', 'FT W'],
  FS1A: ['F', 'FT W', 'F', 'F', '', ''],
  FTA1A: ['F', 'FT W', 'F', 'F W', '', 'F'],
  'X-A': ['L', 'L', 'L', 'L', '', ''],
};
