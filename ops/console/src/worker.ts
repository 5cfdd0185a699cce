/** One for all tabs of this browser: a browser has six connections to a host, and clerks have twelve tabs. */
import { Poller, type FromTab, type Tab } from "./poller";

const poller = new Poller();

(self as unknown as { onconnect: (event: MessageEvent) => void }).onconnect = (event) => {
  const port = event.ports[0]!;
  const tab: Tab = { tell: (message) => port.postMessage(message) };
  port.onmessage = (message: MessageEvent<FromTab>) => poller.hear(tab, message.data);
};
