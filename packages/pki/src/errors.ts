import { defineErrors } from '@ftctl/sdk';

/** Errors of the site's certificate authority and of the hosts that belong to it. */
export const pkiErrors = defineErrors('PKI', {
  CA_EXISTS: {
    text: '{folder} holds a certificate authority already',
    meaning: 'A site has one; a second one here would make every certificate of the first void.',
    action: 'Use it: `ftctl ca list`. For a new site, move that folder away first.',
  },
  NO_CA: {
    text: 'there is no certificate authority in {folder}',
    meaning: 'Only the host on which `ftctl ca init` was run can issue, list and revoke.',
    action: 'Run this on the host of the CA, or make one here with `ftctl ca init`.',
  },
  NOT_JOINED: {
    text: 'this host has no certificate: {file} is missing',
    meaning: 'It has not joined a site, so it can prove to nobody who it is.',
    action: 'Run `ftctl ca token HOST` on the host of the CA, then `ftctl join TOKEN` here.',
  },
  MODE: {
    text: '{path} can be read by others (mode {mode})',
    meaning: 'Whoever can read a key can speak for this host, so it was not used.',
    action: 'Run `chmod {wanted} {path}`. If somebody may have read it, revoke and join again.',
  },
  DAMAGED: {
    text: '{path} cannot be used: {why}',
    meaning: 'The file is not what ftctl wrote there.',
    action: 'Restore it from a backup, or let this host join again with a new token.',
  },
  TOKEN: {
    text: 'this is not a token: {why}',
    meaning: 'A token is one long word that begins with ftj1_; part of it may be missing.',
    action: 'Copy it again as a whole, or make a new one with `ftctl ca token HOST`.',
  },
  TOKEN_HOST: {
    text: 'the token is for host {wanted}, this is host {host}',
    meaning: 'A host can only get a certificate for its own name. Nothing was sent.',
    action: 'Run `ftctl ca token {host}` on the host of the CA, or correct `host:` in ftctl.yaml.',
  },
  TOKEN_USED: {
    text: 'the token for {host} was used already',
    meaning: 'A token lets one host join once. If it was not you, somebody else has used it.',
    action:
      'Make a new one with `ftctl ca token {host}`; if it was not you, `ftctl ca revoke {host}` first.',
  },
  TOKEN_EXPIRED: {
    text: 'the token for {host} expired at {at}',
    meaning: 'Tokens are short-lived, so that a forgotten one is worth nothing.',
    action: 'Make a new one with `ftctl ca token {host}`.',
  },
  TOKEN_UNKNOWN: {
    text: 'the CA at {address} does not know this token, or this host any more',
    meaning:
      'It ended the connection unasked: the token is too old or was withdrawn, or the certificate of this host was revoked or has expired.',
    action: 'Make a new token with `ftctl ca token HOST` on the host of the CA.',
  },
  TOO_MANY: {
    text: 'too many {what}: the limit is {limit}',
    meaning: 'A bound that keeps the disk of the CA from filling up.',
    action: 'Wait until some have expired; a host that renews in a loop has something wrong.',
  },
  HAS_CERTIFICATE: {
    text: 'host {host} has a certificate that is valid until {until}',
    meaning: 'A second host under that name could speak for the first.',
    action:
      'If it lost its disk: `ftctl ca token {host} --again`; what it had is revoked when it joins. If it was stolen: `ftctl ca revoke {host}`.',
  },
  UNKNOWN_HOST: {
    text: 'host {host} has no certificate that could be revoked',
    meaning: 'It never joined, its certificates expired long ago, or they were revoked before.',
    action: 'See the names with `ftctl ca list`.',
  },
  OWN_HOST: {
    text: '{host} is the host of the CA itself',
    meaning: 'Without it no host could renew its certificate. Nothing was changed.',
    action: 'If its keys are lost, make a new CA: see docs/guides/security.md.',
  },
  OWN_NAME: {
    text: 'the certificate of this host is of {host}, ftctl.yaml says {name}',
    meaning: 'A host can only speak for the name in its certificate.',
    action: 'Set `host: {host}` in ftctl.yaml, or join again as {name} with a new token.',
  },
  OTHER_SITE: {
    text: 'this host belongs to site {site} already',
    meaning: 'The token is of another CA. Nothing was changed.',
    action: 'To leave that site, stop the host and move {folder} away; then join again.',
  },
  NO_ADDRESS: {
    text: 'it is not known where other hosts reach this CA',
    meaning: 'A token carries the address of the CA, and none is set that others could use.',
    action:
      'Set `listen: ADDRESS:PORT` under `ca:` in ftctl.yaml and run `ftctl reload`, or give --address.',
  },
  UNREACHABLE: {
    text: 'cannot reach the CA at {address}: {why}',
    meaning: 'Its host is down, it does not listen there, or the network is in the way.',
    action: 'Check `ftctl status` on the host of the CA, and `ca: listen` in its ftctl.yaml.',
  },
  FINGERPRINT: {
    text: 'the server at {address} is not the CA that the token names',
    meaning: 'Another CA answers there, or somebody stands in between. Nothing was sent to it.',
    action: 'Check the address with whoever made the token; make a new one after a new CA.',
  },
  REFUSED: {
    text: 'the CA refused: {why}',
    meaning: 'It was reached and did not do what was asked.',
    action: 'Correct what the text names; the log of the host of the CA says more.',
  },
  ANSWER: {
    text: 'the CA at {address} gave an answer that cannot be used: {why}',
    meaning: 'The versions of ftctl on both hosts may not fit. Nothing was changed.',
    action: 'Compare `ftctl --version` on both hosts.',
  },
  REQUEST: {
    text: 'this is not a certificate request: {why}',
    meaning: 'It was not signed by the key that it names, or has another form than ftctl makes.',
    action: 'Compare `ftctl --version` on both hosts.',
  },
  LISTEN: {
    text: 'the CA cannot listen on {address}: {why}',
    meaning: 'Hosts can neither join nor renew, nor learn what was revoked, until it does.',
    action: 'Correct `ca: listen` in ftctl.yaml, then run `ftctl reload`.',
  },
});
