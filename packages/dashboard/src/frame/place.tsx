import { useEffect, useRef, useState } from 'preact/hooks';
import { apiOf } from '../kit/api.ts';
import type { Panel } from '../kit/panel.tsx';
import { onChanged } from './changes.ts';
import type { Shown } from './route.ts';

interface PlaceProps {
  readonly panel: Shown;
  readonly route: string;
  readonly onLogin: () => void;
}

/** Where a panel is shown: loads its module, once, and lets it show what the address says. */
export function Place({ panel, route, onLogin }: PlaceProps) {
  const element = useRef<HTMLDivElement>(null);
  const shown = useRef<Panel | undefined>(undefined);
  const [problem, setProblem] = useState('');
  const { plugin, id, entry, version } = panel;

  useEffect(() => {
    const at = element.current;
    if (at === null) return undefined;
    let isOver = false;
    setProblem('');
    const base = `#/${plugin}/${id}`;
    const host = {
      api: apiOf(`/api/${plugin}`, onLogin),
      apiOf: (other: string) => apiOf(`/api/${other}`, onLogin),
      route,
      hrefOf: (to: string) => (to === '' ? base : `${base}/${to}`),
      onChanged: (listener: () => void) => onChanged(plugin, listener),
    };
    import(`${entry}?${version}`).then(
      ({ default: loaded }: { default: Panel }) => {
        if (isOver) return;
        shown.current = loaded;
        loaded.show(at, host);
      },
      (error) => setProblem(String(error)),
    );
    return () => {
      isOver = true;
    };
  }, [plugin, id, entry, version, route, onLogin]);

  // Another place of the same panel is shown by it; another panel begins anew.
  useEffect(() => {
    const at = element.current;
    return () => {
      if (at !== null) shown.current?.hide(at);
      shown.current = undefined;
    };
  }, [plugin, id]);

  return (
    <>
      {problem === '' ? null : <p role="alert">This page cannot be loaded: {problem}</p>}
      <div ref={element} key={`${plugin}/${id}`} />
    </>
  );
}
