import { defineMessages } from '@ftctl/sdk';

/** What the host tells its operator. */
export const hostMessages = defineMessages({
  FTHO001I: {
    text: 'host {host} started as process {pid}',
    explanation: 'The host has read its configuration and starts or adopts its plugins.',
    response: 'None.',
  },
  FTHO002I: {
    text: 'host {host} stopped',
    explanation: 'The host was told to stop and has ended its plugins first.',
    response: 'None. Start it again with `ftctl up`.',
  },
  FTHO003I: {
    text: 'configuration taken over: {started} started, {restarted} restarted, {stopped} stopped',
    explanation: 'Only plugins whose version, configuration or directory changed were touched.',
    response: 'None.',
  },
  FTHO010I: {
    text: 'plugin {plugin} started as process {pid}',
    explanation: 'The plugin has its own process and is ready for work.',
    response: 'None.',
  },
  FTHO011I: {
    text: 'plugin {plugin} adopted as process {pid}',
    explanation: 'It ran on while the host was away, and is what the host would start itself.',
    response: 'None.',
  },
  FTHO012I: {
    text: 'plugin {plugin} found as process {pid} and replaced: {why}',
    explanation:
      'It ran on while the host was away, but with another version or configuration than now.',
    response: 'None.',
  },
  FTHO013I: {
    text: 'plugin {plugin} stopped',
    explanation: 'It was told to stop and has ended its work.',
    response: 'None.',
  },
  FTHO020W: {
    text: 'plugin {plugin} ended unexpectedly ({why}) and starts again in {seconds} s',
    explanation:
      'Its process ended without having been told to. What it had stored is kept; the wait doubles with each crash.',
    response: 'Read `ftctl logs {plugin}` to find the cause.',
  },
  FTHO021E: {
    text: 'plugin {plugin} is in quarantine after {crashes} crashes: {why}',
    explanation:
      'It crashed so often within a short time that starting it again would not help. The host and the other plugins go on.',
    response:
      'Read `ftctl logs {plugin}`, correct the cause, then run `ftctl restart {plugin}`, which ends the quarantine.',
  },
  FTHO022W: {
    text: 'plugin {plugin} did not answer {times} times and is killed',
    explanation: 'Its process is stopped or overloaded, so it is replaced by a new one.',
    response: 'See what kept it busy in `ftctl logs {plugin}` and on the machine.',
  },
  FTHO023W: {
    text: 'plugin {plugin} was not ready in time and is killed',
    explanation: 'Its start took longer than the limit in its manifest.',
    response: 'Read `ftctl logs {plugin}`; check the load of the machine.',
  },
  FTHO024W: {
    text: 'plugin {plugin} did not stop in time and is killed',
    explanation:
      'Ending its work took longer than the limit in its manifest. What it had stored is kept.',
    response: 'Read `ftctl logs {plugin}`.',
  },
  FTHO025E: {
    text: 'plugin {plugin} cannot be started: {why}',
    explanation: 'Its files, its configuration or something it needs on this host is not right.',
    response: 'Correct what the text names, then run `ftctl reload`.',
  },
  FTHO026W: {
    text: 'plugin {plugin} runs on as it was started before: {why}',
    explanation:
      'It ran on while the host was away. It could not be started as things are now, so it is left as it is.',
    response: 'Correct what the text names, then run `ftctl reload`.',
  },
  FTHO030W: {
    text: 'plugin {plugin} is degraded: {why}',
    explanation: 'It works with the limitation that the text names.',
    response: "See the plugin's own manual for that limitation.",
  },
  FTHO031E: {
    text: 'plugin {plugin} does not work: {why}',
    explanation: 'Its process runs, and says itself that it cannot do its work.',
    response: 'Correct what the text names; read `ftctl logs {plugin}`.',
  },
  FTHO032I: {
    text: 'plugin {plugin} works again',
    explanation: 'What limited it is over.',
    response: 'None.',
  },
  FTHO050I: {
    text: 'the CA of site {site} is served on {address}',
    explanation: 'Hosts join, renew their certificates and learn there what was revoked.',
    response: 'None.',
  },
  FTHO051E: {
    text: 'the CA of this site is not served: {why}',
    explanation:
      'Links go on. Until it is served no host can join or renew, and none learns what was revoked.',
    response: 'Correct what the text names, then run `ftctl reload`.',
  },
  FTHO052I: {
    text: 'certificate {serial} was issued to host {host} ({how})',
    explanation: 'A host has joined the site, or has renewed its certificate.',
    response: 'None; if nobody let that host join, run `ftctl ca revoke {host}`.',
  },
  FTHO053I: {
    text: 'the certificate of this host was renewed and is valid until {until}',
    explanation: 'New connections use it; open ones go on.',
    response: 'None.',
  },
  FTHO054W: {
    text: 'the CA is not reached: {why}',
    explanation:
      'Links go on with the certificate and the list of revoked certificates that are here. What was revoked meanwhile is not known.',
    response: 'Check `ftctl status` on the host of the CA, and the network to it.',
  },
  FTHO055I: {
    text: 'the CA is reached again',
    explanation: 'The list of revoked certificates is up to date.',
    response: 'None.',
  },
  FTHO056E: {
    text: 'the certificate of this host is {state}, ends at {until} and is not renewed: {why}',
    explanation:
      'Renewal began at two thirds of its life and has failed since. Once it has ended no new link comes up; open ones go on.',
    response:
      'Correct what the text names. If it has ended: `ftctl ca token HOST --again` on the host of the CA, then `ftctl join` here.',
  },
  FTHO057E: {
    text: 'the credentials of this host cannot be used: {why}',
    explanation: 'No link can be opened until they can: a joined host never speaks without TLS.',
    response: 'Correct what the text names, then run `ftctl reload`; `ftctl doctor` checks it.',
  },
  FTHO040E: {
    text: '/metrics, /healthz and /readyz are not served: {why}',
    explanation: 'Everything else works; whoever watches this host from outside does not see it.',
    response: 'Set another `metrics.port` in ftctl.yaml, then run `ftctl reload`.',
  },
  FTHO041E: {
    text: 'The dashboard is not served: {why}',
    explanation: 'Everything else works.',
    response: 'Set another `dashboard.listen` in ftctl.yaml, then run `ftctl reload`.',
  },
});
