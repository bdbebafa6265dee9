/**
 * A target and a client in a network of its own, steered by its parent: it listens and answers with the address that it is spoken to from, and asks others.
 * Of connections, what came before `hello` is answered, too, in hexadecimal digits.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export interface NetworkOrder {
  readonly what: 'listen' | 'ask'
  readonly protocol: 'tcp' | 'udp'
  readonly address: string
  readonly port: number
}

const HELLO = 'hello'
const PATIENCE_MS = 2000

const listen = async ({ protocol, address, port }: NetworkOrder): Promise<string> => {
  if (protocol === 'udp') {
    const socket = createSocket('udp4')
    socket.on('message', (_, peer) => socket.send(peer.address, peer.port, peer.address))
    socket.bind(port, address)
    await once(socket, 'listening')
    return ''
  }
  const server = createServer((socket) => {
    let head = Buffer.alloc(0)
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes) => {
      head = Buffer.concat([head, Buffer.from(bytes)])
      if (!head.toString().endsWith(HELLO)) return
      const before = head.subarray(0, -HELLO.length).toString('hex')
      socket.end(`${socket.remoteAddress} ${before}`.trim())
    })
  })
  server.listen(port, address)
  await once(server, 'listening')
  return ''
}

const ask = async ({ protocol, address, port }: NetworkOrder): Promise<string> => {
  if (protocol === 'udp') {
    const socket = createSocket('udp4')
    const answered = once(socket, 'message').then(([message]) => String(message))
    socket.send(HELLO, port, address)
    const answer = await Promise.race([answered, delay(PATIENCE_MS, 'no answer')])
    socket.close()
    return answer
  }
  const socket = connect(port, address).setTimeout(PATIENCE_MS)
  socket.once('timeout', () => socket.destroy(new Error('no answer')))
  socket.write(HELLO)
  let answer = ''
  for await (const bytes of socket) answer += String(bytes)
  return answer
}

process.on('message', ({ id, order }: { readonly id: number; readonly order: NetworkOrder }) => {
  const done = order.what === 'listen' ? listen(order) : ask(order)
  void done.catch((error: unknown) => String(error)).then((answer) => process.send?.({ id, answer }))
})
process.once('disconnect', () => process.exit())
process.send?.({ id: 0, answer: 'ready' })
