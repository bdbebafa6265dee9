/** A network that fails: what is sent through it arrives, until so much went one way that it cuts the connection. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface CuttingProxy {
  readonly port: number
  /** How many connections it has cut. */
  readonly cuts: () => number
  close(): void
}

/** Cuts each of the first `times` connections that carry more than `afterBytes` in one direction. */
export const cuttingProxy = async (target: number, afterBytes: number, times: number): Promise<CuttingProxy> => {
  let cuts = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    const end = (): void => {
      client.destroy()
      upstream.destroy()
    }
    const carry = (from: Socket, to: Socket): void => {
      let bytes = 0
      sockets.add(from)
      from.on('error', end).on('close', end)
      from.on('data', (piece: Buffer) => {
        bytes += piece.length
        if (bytes > afterBytes && cuts < times) {
          cuts += 1
          return end()
        }
        if (!to.write(piece)) from.pause()
      })
      to.on('drain', () => from.resume())
    }
    carry(client, upstream)
    carry(upstream, client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    cuts: () => cuts,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
