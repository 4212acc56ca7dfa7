import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SyslogListener, SyslogOptions } from './io.ts';
import { socketIo } from './syslog-socket.ts';

const opened: SyslogListener[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((listener) => listener.close()));
});

async function listen(options: Omit<SyslogOptions, 'address'>) {
  const received: string[] = [];
  const heard = { drained: 0, trouble: [] as string[] };
  const listener = await socketIo.listenSyslog(
    { address: '127.0.0.1', ...options },
    {
      message: (bytes, from, transport) =>
        received.push(`${transport} ${from} ${new TextDecoder().decode(bytes)}`),
      drained: () => {
        heard.drained += 1;
      },
      trouble: (text) => heard.trouble.push(text),
    },
  );
  opened.push(listener);
  return { listener, received, heard };
}

async function sendTcp(port: number, text: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.end(text);
  socket.resume();
  await once(socket, 'close');
}

describe('the syslog receiver', () => {
  it('takes datagrams, without the line end that some senders add', async () => {
    const { listener, received, heard } = await listen({ udpPort: 0 });
    expect(listener.tcpPort).toBe(0);
    const socket = createSocket('udp4');
    for (const text of ['<13>one', '<13>two\n', '\n']) {
      socket.send(text, listener.udpPort, '127.0.0.1');
    }
    await vi.waitFor(() => expect(received).toHaveLength(2));
    expect(received).toEqual(['udp 127.0.0.1 <13>one', 'udp 127.0.0.1 <13>two']);
    await vi.waitFor(() => expect(heard.drained).toBeGreaterThan(0));
    socket.close();
  });

  it('takes lines and counted frames over TCP, also the unfinished last line', async () => {
    const { listener, received } = await listen({ tcpPort: 0 });
    await sendTcp(listener.tcpPort, '<13>one\n7 <13>two<13>three');
    await vi.waitFor(() => expect(received).toHaveLength(3));
    expect(received.map((text) => text.split(' ')[2])).toEqual(['<13>one', '<13>two', '<13>three']);
  });

  it('holds TCP senders up and loses nothing of theirs', async () => {
    const { listener, received } = await listen({ tcpPort: 0 });
    listener.pause();
    const sent = sendTcp(listener.tcpPort, '<13>held\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(received).toEqual([]);
    listener.resume();
    await sent;
    await vi.waitFor(() => expect(received).toEqual(['tcp 127.0.0.1 <13>held']));
  });

  it('says which port it cannot have, and leaves none open', async () => {
    const first = await listen({ tcpPort: 0 });
    const taken = first.listener.tcpPort;
    await expect(listen({ udpPort: 0, tcpPort: taken })).rejects.toMatchObject({
      code: 'FT_PROBE_LISTEN',
      params: { protocol: 'TCP', port: taken },
    });
  });
});
