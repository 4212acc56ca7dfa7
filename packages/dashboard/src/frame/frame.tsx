import { render } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { listenToChanges } from './changes.ts';
import { Login } from './login.tsx';
import { Place } from './place.tsx';
import { type Shown, shownIn } from './route.ts';
import { ThemeButton } from './theme.tsx';

/** What `/api/panels` answers. */
interface Panels {
  readonly host: string;
  readonly version: string;
  readonly panels: readonly Shown[];
}

function Frame() {
  const [panels, setPanels] = useState<Panels | 'login' | undefined>();
  const [hash, setHash] = useState(location.hash);
  const [isLive, setLive] = useState(false);
  const onLogin = useCallback(() => setPanels('login'), []);

  const load = useCallback(async () => {
    const response = await fetch('/api/panels').catch(() => undefined);
    if (response?.status === 401) setPanels('login');
    else if (response?.ok) setPanels((await response.json()) as Panels);
    else setTimeout(load, 3_000);
  }, []);
  useEffect(() => void load(), [load]);
  useEffect(() => {
    const moved = () => setHash(location.hash);
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  const isIn = panels !== undefined && panels !== 'login';
  useEffect(() => (isIn ? listenToChanges(setLive) : undefined), [isIn]);

  if (panels === undefined) return <p class="nothing">…</p>;
  if (panels === 'login') return <Login onDone={load} />;
  const shown = shownIn(panels.panels, hash);
  document.title = `${shown?.panel.title ?? 'ftctl'} · ${panels.host}`;
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header>
        <strong>{panels.host}</strong>
        <nav aria-label="panels">
          {panels.panels.map((panel) => (
            <a
              key={`${panel.plugin}/${panel.id}`}
              href={`#/${panel.plugin}/${panel.id}`}
              aria-current={panel === shown?.panel ? 'page' : undefined}
            >
              {panel.title}
            </a>
          ))}
        </nav>
        <span class={`live ${isLive ? 'good' : 'bad'}`} role="status">
          {isLive ? 'live' : 'not live'}
        </span>
        <ThemeButton />
      </header>
      <main id="main">
        {shown === undefined ? (
          <p class="nothing">No installed plugin has a page.</p>
        ) : (
          <Place panel={shown.panel} route={shown.route} onLogin={onLogin} />
        )}
      </main>
    </>
  );
}

render(<Frame />, document.getElementById('page') as Element);
