import type { Network } from './network.tsx';

const BOX_WIDTH = 150;
const BOX_HEIGHT = 46;
const GAP = 14;
const LEVEL = 120;
const MARGIN = 12;

interface Placed {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/** Domains from above to below, the manager of each first; a line to the manager tells whether it is linked. */
export function Topology({ network }: { readonly network: Network }) {
  const placed = place(network);
  const at = new Map(placed.map((one) => [one.name, one]));
  const width = Math.max(...placed.map(({ x }) => x)) + BOX_WIDTH + MARGIN;
  const height = Math.max(...placed.map(({ y }) => y)) + BOX_HEIGHT + MARGIN;
  const managers = new Map(network.domains.map(({ name, manager }) => [name, manager]));
  const above = new Map(
    network.domains.map(({ name, parent }) => [
      name,
      parent === null ? undefined : managers.get(parent),
    ]),
  );
  return (
    <div class="drawing">
      <svg width={width} height={height} role="img" aria-label="topology with link states">
        <title>Topology with link states as showcpus has them</title>
        {network.cpus.map(({ cpuId, domain, state }) => {
          const manager = managers.get(domain);
          const up = at.get((manager === cpuId ? above.get(domain) : manager) ?? '');
          const own = at.get(cpuId);
          if (up === undefined || own === undefined) return null;
          const x = own.x + BOX_WIDTH / 2;
          const upX = up.x + BOX_WIDTH / 2;
          const middle = (own.y + up.y + BOX_HEIGHT) / 2;
          return (
            <path
              key={cpuId}
              class={`edge ${kindOf(state, cpuId === network.workstation)}`}
              style={{ stroke: 'var(--kind)' }}
              d={`M${upX} ${up.y + BOX_HEIGHT}V${middle}H${x}V${own.y}`}
            />
          );
        })}
        {network.cpus.map(({ cpuId, node, state, domain }) => {
          const own = at.get(cpuId);
          if (own === undefined) return null;
          const isSelf = cpuId === network.workstation;
          return (
            <g key={cpuId} class={kindOf(state, isSelf)}>
              <title>{`${cpuId} in ${domain}: ${state.trim() || 'not linked'}`}</title>
              <rect
                class={`box ${isSelf ? 'critical' : ''}`}
                x={own.x}
                y={own.y}
                width={BOX_WIDTH}
                height={BOX_HEIGHT}
                rx={6}
              />
              <text x={own.x + 8} y={own.y + 18} style={{ fontWeight: 600 }}>
                {cpuId}
              </text>
              <text x={own.x + 8} y={own.y + 36}>
                {node.replace(/^\*?\S+ /, '').toLowerCase()} {state.trim()}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

/** L and F: linked; anything else of a link is under way. */
function kindOf(state: string, isSelf: boolean): string {
  if (isSelf || /^[LF]/.test(state)) return 'good';
  return state.trim() === '' ? 'gone' : 'odd';
}

/** Each domain is a row of boxes; those below it stand under it, next to each other. */
function place({ domains, cpus }: Network): readonly Placed[] {
  const placed: Placed[] = [];
  const below = (parent: string | null) => domains.filter((one) => one.parent === parent);
  const lay = (domain: Network['domains'][number], x: number, y: number): number => {
    const members = cpus
      .filter((one) => one.domain === domain.name)
      .sort(
        (one, other) =>
          Number(other.cpuId === domain.manager) - Number(one.cpuId === domain.manager),
      );
    // The manager stands above its members, and above the managers below.
    const [manager, ...others] = members;
    let right = x;
    others.forEach(({ cpuId }, n) => {
      placed.push({ name: cpuId, x: x + n * (BOX_WIDTH + GAP), y: y + LEVEL });
      right = x + (n + 1) * (BOX_WIDTH + GAP);
    });
    for (const child of below(domain.name)) right = lay(child, right, y + LEVEL);
    right = Math.max(right, x + BOX_WIDTH + GAP);
    if (manager !== undefined) {
      placed.push({ name: manager.cpuId, x: (x + right - GAP - BOX_WIDTH) / 2, y });
    }
    return right;
  };
  let right = MARGIN;
  for (const root of below(null)) right = lay(root, right, MARGIN);
  return placed;
}
