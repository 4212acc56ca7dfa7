import { definePanel, usePanel } from '@ftctl/dashboard/kit';
import { Job } from './job.tsx';
import { Jobs } from './jobs.tsx';
import { Overview } from './overview.tsx';
import { SourceLine } from './source-line.tsx';
import { Stream } from './stream.tsx';
import { Streams } from './streams.tsx';
import { Workstations } from './workstations.tsx';

const TABS = [
  ['', 'Overview'],
  ['jobs', 'Jobs'],
  ['streams', 'Streams'],
  ['workstations', 'Workstations'],
] as const;

/** The plan of this network, from the mirror or from Symphony. */
export default definePanel(function Plan() {
  const { route, hrefOf } = usePanel();
  const [path = ''] = route.split('?');
  const [place = '', id = ''] = path.split('/').map(decodeURIComponent);
  return (
    <>
      <nav class="tabs" aria-label="plan">
        {TABS.map(([to, title]) => (
          <a key={to} href={hrefOf(to)} aria-current={place === to ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <SourceLine />
      {place === 'jobs' ? (
        <Jobs />
      ) : place === 'streams' ? (
        <Streams />
      ) : place === 'stream' ? (
        <Stream id={id} />
      ) : place === 'job' ? (
        <Job id={id} />
      ) : place === 'workstations' ? (
        <Workstations />
      ) : (
        <Overview />
      )}
    </>
  );
});
