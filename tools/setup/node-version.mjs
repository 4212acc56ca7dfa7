/**
 * Why this Node cannot be used, or undefined when it can. `range` has the form
 * `>=MAJOR.MINOR`, as in `engines`.
 */
export function nodeProblem(version, range) {
  const needed = /^>=(\d+)\.(\d+)$/.exec(range);
  if (!needed) throw new Error(`engines.node is "${range}", expected the form >=MAJOR.MINOR`);
  const [major, minor] = version.split('.').map(Number);
  const [neededMajor, neededMinor] = [Number(needed[1]), Number(needed[2])];
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return undefined;
  return (
    `this is Node ${version}; ftctl needs ${neededMajor}.${neededMinor} or newer. ` +
    'Install a current Node, then run the same command again.'
  );
}
