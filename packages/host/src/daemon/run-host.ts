import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, type Logger } from '@ftctl/sdk';
import { readConfigFile } from '../config/read.ts';
import type { HostConfig } from '../config-types.ts';
import { ANSWER_WITHIN_MS } from '../control/protocol.ts';
import { type ControlServer, serveControl } from '../control/server.ts';
import { toPrometheusText } from '../core/prometheus.ts';
import { SUPERVISION_TIMES, type SupervisionTimes } from '../core/supervision-types.ts';
import type { DashboardServer } from '../dashboard/serve.ts';
import { hostErrors } from '../errors.ts';
import { removeFailure } from '../failure-record.ts';
import { type FolderLock, takeFolderLock } from '../folder-lock.ts';
import { type OpenLog, openLog } from '../log/logger.ts';
import { hostMessages } from '../messages.ts';
import { type HomePaths, homePaths } from '../paths.ts';
import { ownIdentity } from '../process-info.ts';
import { removeRunRecord, writeRunRecord } from '../run-record.ts';
import { createMessageSink, type MessageSink } from '../runner/message-sink.ts';
import type { HostStatus } from '../status.ts';
import { Host } from './host.ts';
import { collectHostMetrics } from './host-metrics.ts';
import type { HttpServer } from './http.ts';
import { Launcher } from './launcher.ts';
import { hostOperations } from './operations.ts';
import { SiteKeeper } from './site-keeper.ts';
import { WorkClock } from './work-clock.ts';

export interface RunHostOptions {
  /** Absolute path of the host's home. */
  readonly home: string;
  /** Path of the runner's entry module. */
  readonly runner: string;
  /** Version of ftctl; a plugin process of another version is not adopted but replaced. */
  readonly version: string;
  /** Folder of the dashboard's frame; without it there is no dashboard. */
  readonly dashboard?: string;
  /** Other times than the usual, for tests. */
  readonly times?: Partial<SupervisionTimes>;
  /** How long a plugin may be silent when asked for its health. Default 3,000. */
  readonly answerWithinMs?: number;
}

export interface RunningHost {
  status(): HostStatus;
  /** Ends all plugins, then the host; the same promise for every caller. */
  stop(): Promise<void>;
  /** Resolves when it has stopped, whoever wanted that. */
  readonly stopped: Promise<void>;
}

/**
 * Runs the host of a home in this process: starts or adopts its plugins and
 * answers its control socket. Resolves when it answers; plugins may still be
 * starting.
 *
 * @throws FtError FT_HOST_RUNNING, FT_HOST_NO_HOME, FT_HOST_CONFIG, FT_HOST_SOCKET_FOLDER
 */
export async function runHost(options: RunHostOptions): Promise<RunningHost> {
  const paths = homePaths(options.home);
  const parsed = await readConfigFile(paths);
  const lock = await takeHome(paths);
  try {
    const daemon = new Daemon(paths, lock, parsed, options);
    await daemon.start();
    return daemon;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function takeHome(paths: HomePaths): Promise<FolderLock> {
  await mkdir(paths.run, { recursive: true, mode: 0o700 });
  const lock = await takeFolderLock(join(paths.run, 'host.lock'));
  if ('heldBy' in lock) throw hostErrors.RUNNING({ home: paths.home, pid: lock.heldBy });
  return lock;
}

class Daemon implements RunningHost {
  readonly stopped: Promise<void>;
  readonly #paths: HomePaths;
  readonly #lock: FolderLock;
  readonly #options: RunHostOptions;
  readonly #log: OpenLog;
  readonly #messages: MessageSink;
  readonly #host: Host;
  readonly #site: SiteKeeper;
  readonly #startedAt = new Date().toISOString();
  #control: ControlServer | undefined;
  #http: HttpServer | undefined;
  #dashboard: DashboardServer | undefined;
  #stopping: Promise<void> | undefined;
  #tellStopped: () => void = () => undefined;

  constructor(
    paths: HomePaths,
    lock: FolderLock,
    parsed: Awaited<ReturnType<typeof readConfigFile>>,
    options: RunHostOptions,
  ) {
    this.#paths = paths;
    this.#lock = lock;
    this.#options = options;
    const { log, host } = parsed.config;
    this.#log = openLog({ path: join(paths.logs, 'host.log'), ...log }, log.level, { host });
    this.#messages = createMessageSink(this.#log.log);
    const clock = new WorkClock();
    const { runner, version, times, answerWithinMs = ANSWER_WITHIN_MS } = options;
    this.#host = new Host(
      paths,
      parsed,
      {
        launcher: new Launcher({ paths, runner, version }),
        messages: this.#messages,
        log: this.#log.log,
        now: () => clock.now(),
        times: { ...SUPERVISION_TIMES, ...times },
        answerWithinMs,
      },
      { version, startedAt: this.#startedAt, tls: () => this.#site.status() },
    );
    this.#site = new SiteKeeper(paths, this.#messages, this.#log.log);
    this.stopped = new Promise((resolve) => {
      this.#tellStopped = resolve;
    });
  }

  get log(): Logger {
    return this.#log.log;
  }

  async start(): Promise<void> {
    try {
      // From here on `down` finds this process, also while it does not answer yet.
      await this.#record(false);
      await this.#begin();
    } catch (error) {
      await this.#abandon();
      throw error;
    }
  }

  async #begin(): Promise<void> {
    await this.#site.apply(this.#host.config);
    await this.#host.start();
    await this.#serveMetrics(this.#host.config);
    await this.#serveDashboard(this.#host.config);
    this.#control = await serveControl(this.#paths.socket('host'), {
      who: 'the host',
      operations: hostOperations({
        status: () => this.status(),
        reload: () => this.#reload(() => this.#host.reload()),
        restart: (plugin) => this.#reload(() => this.#host.restart(plugin)),
        down: () => this.#down(),
      }),
    });
    await this.#record(true);
    await removeFailure(this.#paths, 'host');
    const { host } = this.#host.config;
    this.#messages.emit(hostMessages.FTHO001I({ host, pid: process.pid }));
  }

  status(): HostStatus {
    return this.#host.status();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Plugins end before the answer, the host itself after it. */
  async #down(): Promise<{ readonly stopped: readonly string[] }> {
    const running = this.status().plugins.filter((plugin) => plugin.pid !== undefined);
    await this.#host.stop();
    setImmediate(() => void this.stop());
    return { stopped: running.map((plugin) => plugin.id) };
  }

  async #stop(): Promise<void> {
    await this.#host.stop();
    await this.#site.close();
    await this.#http?.close();
    await this.#dashboard?.close();
    await this.#control?.close();
    await removeRunRecord(this.#paths, 'host', await ownIdentity());
    this.#messages.emit(hostMessages.FTHO002I({ host: this.#host.config.host }));
    await this.#log.close();
    await this.#lock.release();
    this.#tellStopped();
  }

  /** Lets go of everything but the plugins, which the next host adopts. */
  async #abandon(): Promise<void> {
    this.#host.letGo();
    await this.#site.close();
    await this.#http?.close();
    await this.#dashboard?.close();
    await this.#control?.close();
    await this.#log.close();
    await removeRunRecord(this.#paths, 'host', await ownIdentity());
  }

  async #reload<R>(change: () => Promise<R>): Promise<R> {
    const { metrics, dashboard } = this.#host.config;
    const result = await change();
    const { config } = this.#host;
    await this.#site.apply(config);
    if (JSON.stringify(metrics) !== JSON.stringify(config.metrics)) {
      await this.#http?.close();
      await this.#serveMetrics(config);
      await this.#record(true);
    }
    if (JSON.stringify(dashboard) !== JSON.stringify(config.dashboard)) {
      await this.#dashboard?.close();
      await this.#serveDashboard(config);
    }
    return result;
  }

  /** A port that is taken is told, and keeps no plugin from running. */
  async #serveMetrics({ metrics }: HostConfig): Promise<void> {
    this.#http = undefined;
    this.#host.metricsAddress = undefined;
    if (!metrics.enabled) return;
    const { serveHttp } = await import('./http.ts');
    try {
      this.#http = await serveHttp(metrics.port, {
        metrics: async () => toPrometheusText(await collectHostMetrics(this.#host, this.log)),
        notReady: () => this.#notReady(),
      });
      this.#host.metricsAddress = this.#http.address;
    } catch (error) {
      this.#messages.emit(hostMessages.FTHO040E({ why: describeError(error) }));
    }
  }

  /** As with metrics. */
  async #serveDashboard({ dashboard }: HostConfig): Promise<void> {
    this.#dashboard = undefined;
    this.#host.dashboardAddress = undefined;
    const { dashboard: assets, version } = this.#options;
    if (!dashboard.enabled || assets === undefined) return;
    const { serveDashboard } = await import('../dashboard/serve.ts');
    const { listen, clientCertificates } = dashboard;
    const place = { paths: this.#paths, host: this.#host, version, assets };
    try {
      this.#dashboard = await serveDashboard({ ...place, listen, clientCertificates });
      this.#host.dashboardAddress = this.#dashboard.address;
    } catch (error) {
      this.#messages.emit(hostMessages.FTHO041E({ why: describeError(error) }));
    }
  }

  #notReady() {
    return this.status()
      .plugins.filter((plugin) => !['ok', 'degraded', 'disabled', 'stopped'].includes(plugin.state))
      .map(({ id, state }) => ({ plugin: id, state }));
  }

  async #record(ready: boolean): Promise<void> {
    const port = this.#http?.port;
    await writeRunRecord(this.#paths, 'host', {
      ...(await ownIdentity()),
      runner: this.#options.version,
      spec: '',
      socket: this.#paths.socket('host'),
      ready,
      ...(port === undefined ? {} : { port }),
      startedAt: this.#startedAt,
    });
  }
}
