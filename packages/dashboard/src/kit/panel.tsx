import { type ComponentChild, createContext, render } from 'preact';
import { useContext } from 'preact/hooks';
import type { Api } from './api.ts';

/** What the frame hands a panel. */
export interface PanelHost {
  readonly api: Api;
  /** Views of another plugin of this host, where it has any. */
  apiOf(plugin: string): Api;
  /** The part of the address that is the panel's own: `jobs/X%23Y`. */
  readonly route: string;
  /** Address of another place of this panel, for links. */
  hrefOf(route: string): string;
  /** Called when the answers of the panel's plugin may have changed; answers how to stop. */
  onChanged(listener: () => void): () => void;
}

/** What the module of a panel exports as its default. */
export interface Panel {
  /** Shows it; called again when the route changes. */
  show(element: Element, host: PanelHost): void;
  hide(element: Element): void;
}

const HostContext = createContext<PanelHost | undefined>(undefined);

/** @param Page what the panel shows; it finds its place by `usePanel().route` */
export function definePanel(Page: () => ComponentChild): Panel {
  return {
    show(element, host) {
      render(
        <HostContext.Provider value={host}>
          <Page />
        </HostContext.Provider>,
        element,
      );
    },
    hide(element) {
      render(null, element);
    },
  };
}

export function usePanel(): PanelHost {
  const host = useContext(HostContext);
  if (host === undefined) throw new Error('not inside a panel');
  return host;
}
