/** A target for datagrams: answers each with its name. And a client of many flows. */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export class EchoDatagrams {
  readonly #socket: Socket

  private constructor(name: string) {
    this.#socket = createSocket('udp4').on('message', (_, peer) => this.#socket.send(name, peer.port, peer.address))
  }

  /** At any free port unless one is given. */
  static async start(name: string, port = 0, address = '127.0.0.1'): Promise<EchoDatagrams> {
    const target = new EchoDatagrams(name)
    target.#socket.bind({ port, address, exclusive: true })
    await once(target.#socket, 'listening')
    return target
  }

  get port(): number {
    return (this.#socket.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    this.#socket.close()
    await once(this.#socket, 'close')
  }
}

const ANSWERS_WITHIN_MS = 500

/** How many of so many flows each target answered: those that nobody answered are missing. */
export const askDatagrams = async (port: number, flows = 1, address = '127.0.0.1'): Promise<Record<string, number>> => {
  const answers: Record<string, number> = {}
  const clients = Array.from({ length: flows }, () => createSocket('udp4'))
  let answered = 0
  for (const client of clients) {
    client.once('message', (message) => {
      answers[message.toString()] = (answers[message.toString()] ?? 0) + 1
      answered++
    })
    client.send('hello', port, address)
  }
  for (let waitedMs = 0; answered < flows && waitedMs < ANSWERS_WITHIN_MS; waitedMs += 10) await delay(10)
  for (const client of clients) client.close()
  return answers
}
