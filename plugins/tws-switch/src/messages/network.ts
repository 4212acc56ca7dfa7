import { defineMessages } from '@ftctl/sdk';

/** What the original has no message for. */
export const networkMessages = defineMessages({
  FTTW001I: {
    text: '{workstation} manages {domain}, epoch {epoch}.',
    explanation:
      'The domain was switched, or its manager has started and a majority knows of no later one.',
    response: 'None.',
  },
  FTTW002I: {
    text: '{workstation} manages {domain} no more: {owner} does, epoch {epoch}.',
    explanation: 'The domain was switched. This workstation is a full-status agent from now on.',
    response: 'None.',
  },
  FTTW003W: {
    text: 'The switch of {domain} went on without {workstations}.',
    explanation:
      'They could not be asked. What they hold for this domain comes when they are back.',
    response: 'Bring them back; until then `ftctl tws showcpus` shows them unlinked.',
  },
  FTTW004W: {
    text: '{workstation} is not fit to manage {domain}: {why}',
    explanation:
      'It lacks messages that it would have to send. It cannot win a switch until it has them.',
    response: 'None when it passes; `ftctl tws switchmgr --force` overrides.',
  },
  FTTW005I: {
    text: '{workstation} is fit to manage {domain} again.',
    explanation: 'It has everything that it would have to send.',
    response: 'None.',
  },
  FTTW006W: {
    text: 'Messages {from} to {to} of {origin} are at risk: the ftbox is full.',
    explanation:
      'They were overwritten before every neighbour was known to have them. A switch to this agent now would lose them for those who lack them.',
    response: 'Bring the neighbours back, or make the ftbox larger (`ftctl tws evtsize`).',
  },
  FTTW007W: {
    text: '{workstation} is another incarnation now: others knew more of it than its store.',
    explanation:
      'Its store is new or was restored. It learns from others what it said, and launches nothing until it is released.',
    response: 'See what really runs on that host, then `ftctl tws unhold {workstation}`.',
  },
  FTTW008W: {
    text: '{job}, attempt {attempt}: nobody knows how it ended: {why}',
    explanation:
      'Its launcher was lost before it wrote a record. The job is DONE and is not run again by itself, unless its recovery is rerun.',
    response: 'See what it has done, then `ftctl tws confirm` or `rerun`.',
  },
  FTTW009I: {
    text: 'Plan {run} is here.',
    explanation: 'The workstation has its part of a new plan and works with it.',
    response: 'None.',
  },
  FTTW010E: {
    text: 'The store refuses: {why}',
    explanation:
      'The workstation takes nothing in, launches nothing and acknowledges nothing until the disk works again; then it goes on from what is there.',
    response: 'Make room on the disk of this host, or repair it.',
  },
  FTTW013W: {
    text: '{what} is filled to {percent} % of its limit.',
    explanation:
      'Somebody is away or slow, and what it has to be told is kept for it. At the limit a pobox and a full-status agent are given up, to be initialised again; a workstation whose own log is at its limit launches nothing more.',
    response: 'See `ftctl tws doctor`: bring back who is behind, or raise the limit.',
  },
  FTTW014I: {
    text: '{what} is well below its limit again.',
    explanation: 'Who was behind has caught up, or was given up.',
    response: 'None.',
  },
  FTTW012W: {
    text: 'What waited for {target} was given up: it is more than the limit.',
    explanation:
      'It was away for long. It takes a copy of the plan when it is back; nobody else is held up.',
    response: 'Bring {target} back, or raise `limits.roadMb`.',
  },
  FTTW011W: {
    text: '{agent} did not store plan {run} in time; it is announced without it.',
    explanation:
      'A full-status agent of the master is not protected against its loss until it has the plan.',
    response: 'Bring {agent} back.',
  },
  FTTW015W: {
    text: 'Plan {run}, which was never announced, is void: {manager} manages {domain} by a later epoch, without it.',
    explanation:
      'A master made it at the moment it was replaced. Nobody has worked with it; the plan of the manager takes its place here.',
    response: 'Make the next plan with `ftctl tws jnextday` on {manager}.',
  },
});
