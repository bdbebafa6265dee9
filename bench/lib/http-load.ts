/**
 * Sends requests that were made beforehand over a number of connections, one at a time on each, and hands over the answers. Costs far
 * less than an HTTP client, so that what is measured is the server.
 */
import { connect, type Socket } from 'node:net'

export interface HttpLoad {
  readonly port: number
  readonly connections: number
  /** Whole HTTP/1.1 requests. */
  readonly requests: readonly Buffer[]
  /** Called with the head and the body of each answer; what it throws ends the load. */
  readonly onAnswer: (head: string, body: Buffer) => void
}

const HEAD_END = '\r\n\r\n'

/** Resolves when every request was answered. */
export const sendAll = async ({ port, connections, requests, onAnswer }: HttpLoad): Promise<void> => {
  let next = 0
  const take = (): Buffer | undefined => requests[next++]
  await Promise.all(Array.from({ length: connections }, () => converse(port, take, onAnswer)))
}

const converse = (port: number, take: () => Buffer | undefined, onAnswer: HttpLoad['onAnswer']): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let received: Buffer = Buffer.alloc(0)
    socket.on('error', reject)
    socket.on('close', () => resolve())
    socket.on('connect', () => sendNext(socket, take))
    socket.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
      const answer = wholeAnswer(received)
      if (answer === undefined) return
      received = Buffer.alloc(0)
      try {
        onAnswer(answer.head, answer.body)
        sendNext(socket, take)
      } catch (error) {
        socket.destroy()
        reject(error)
      }
    })
  })

const sendNext = (socket: Socket, take: () => Buffer | undefined): void => {
  const request = take()
  if (request === undefined) socket.end()
  else socket.write(request)
}

const wholeAnswer = (received: Buffer): { readonly head: string; readonly body: Buffer } | undefined => {
  const end = received.indexOf(HEAD_END)
  if (end < 0) return undefined
  const head = received.toString('latin1', 0, end)
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1])
  const body = received.subarray(end + HEAD_END.length)
  return body.length < length ? undefined : { head, body }
}
