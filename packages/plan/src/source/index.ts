export * from './facets.ts';
export * from './operations.ts';
export * from './records.ts';
export * from './sinfonia.ts';
