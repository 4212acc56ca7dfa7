/** One host of the benchmark, in a process of its own: store and link as a plugin has them. */
import { serve } from '../child.ts';
import { type Node, type NodeOrder, type NodeSetUp, startNode } from './node.ts';

let node: Node | undefined;

serve(async (message: { readonly setUp: NodeSetUp } | { readonly order: NodeOrder }) => {
  if ('setUp' in message) {
    node = await startNode(message.setUp);
    return node.port;
  }
  if (node === undefined) throw new Error('it was not set up');
  return node.carryOut(message.order);
});
