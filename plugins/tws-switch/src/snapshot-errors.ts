import { defineErrors } from '@ftctl/sdk';

export const snapshotErrors = defineErrors('TWS', {
  TOO_MANY_COPIES: {
    text: 'too many copies of the plan are handed out already; {reader} asks again',
    meaning: 'Many agents are initialised at the same time. Nothing is lost; it takes its turn.',
    action: 'Nothing to do; look at `ftctl tws doctor` when it stays so.',
  },
  TOO_LARGE: {
    text: 'a copy of the plan has {pages} pages or more, which is more than anybody takes',
    meaning: 'The plan is larger than this version can hand on. Nothing is lost or changed.',
    action: 'Split the plan, or archive what is done: `ftctl tws jnextday`.',
  },
  FORGOTTEN: {
    text: '{from} knows more of this workstation than it does itself: incarnation {inc}, up to message {mark}',
    meaning:
      'The store here is new or restored. Nothing was taken in: it becomes another incarnation first.',
    action: 'Nothing to do; then see what ran here, and `ftctl tws unhold`.',
  },
  COPY_GONE: {
    text: '{reader} asked for a page of a copy of the plan that is not held any more',
    meaning: 'The copy was made for another agent, or it was not fetched in time.',
    action: 'Nothing to do: the agent asks for a new copy.',
  },
});
