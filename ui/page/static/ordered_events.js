/* Sends the events of an element one after another: each waits for the reply to the one before, since
   the framework drops or repeats events that come while it awaits a reply. A reply carries the number of
   its event; one that never comes is not waited for longer than REPLY_TIMEOUT. When nothing is awaited
   any more, the document gets the event "tongzhu-idle" with the element. */
const REPLY_TIMEOUT = 15000; /* milliseconds */
const waitingEvents = [];
let eventNumber = 0;
let replyTimer = 0;
const sendNext = () => {
  clearTimeout(replyTimer);
  replyTimer = 0;
  if (!waitingEvents.length) {
    document.dispatchEvent(new CustomEvent("tongzhu-idle", { detail: element }));
    return;
  }
  replyTimer = setTimeout(sendNext, REPLY_TIMEOUT);
  trigger("select", waitingEvents.shift());
};
const sendInOrder = (data) => {
  eventNumber += 1;
  waitingEvents.push({ ...data, event: `${eventNumber}` });
  if (!replyTimer) sendNext();
};
/* Sends the next event if a value is a reply; returns whether it answers the last one sent. */
const receiveReply = (value) => {
  const number = /<template data-event="(\d+)">/.exec(value ?? "")?.[1];
  if (number) setTimeout(sendNext); /* when all parts of the reply have arrived */
  return number === `${eventNumber}`;
};
