import { Graph, layout } from '@dagrejs/dagre';
import type { StreamJob } from '@ftctl/plan/queries';

const BOX_HEIGHT = 42;
const CHARACTER = 7.2;
const MIN_WIDTH = 70;
const MAX_WIDTH = 240;

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly id: string;
  readonly name: string;
  /** Of the upper left corner. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** As SVG draws it. */
  readonly path: string;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly edges: readonly Edge[];
}

/** Places the jobs of a stream so that each stands right of what it follows. */
export function layOut(jobs: readonly StreamJob[]): Layout {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 12, ranksep: 40, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  const names = new Map(jobs.map(({ id, name }) => [id, name ?? id]));
  for (const [id, name] of names) {
    const width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, name.length * CHARACTER + 16));
    graph.setNode(id, { width, height: BOX_HEIGHT });
  }
  for (const { id, follows } of jobs) {
    for (const one of follows) if (names.has(one.id)) graph.setEdge(one.id, id);
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    boxes: graph.nodes().map((id) => {
      const node = graph.node(id);
      const x = node.x - node.width / 2;
      const y = node.y - node.height / 2;
      return { id, name: names.get(id) ?? id, x, y, width: node.width, height: node.height };
    }),
    edges: graph.edges().map((edge) => {
      const points: readonly Point[] = graph.edge(edge).points ?? [];
      const path = points.map(
        ({ x, y }, n) => `${n === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`,
      );
      return { from: edge.v, to: edge.w, path: path.join('') };
    }),
  };
}
