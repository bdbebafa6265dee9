/**
 * What runs in the tasks: a server as it should be. It says which version and which container it is, and gives back what it was asked with, so
 * that a wrong answer shows. At SIGTERM it takes nothing new, finishes what it has, and ends.
 *
 * `/slow` answers after a while, `/stream` bit by bit over that while, `/echo` is a WebSocket; everything else is answered when it was read.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { hostname } from 'node:os'
import { WebSocketServer } from 'ws'

const PORT = 8080
const TICK_MS = 100
const slowMs = Number(process.env['SLOW_MS'] ?? 2000)

const endpointOf = ({ url = '/' }: IncomingMessage): string =>
  new URL(url, 'http://target').pathname.split('/').at(-1) ?? ''

const answerTo = ({ url = '/' }: IncomingMessage, digest: string): string => {
  const nonce = new URL(url, 'http://target').searchParams.get('n')
  return `${JSON.stringify({ version: process.env['VERSION'], id: hostname(), nonce, digest })}\n`
}

const stream = (response: ServerResponse, last: string): void => {
  let ticks = 0
  const timer = setInterval(() => {
    if (++ticks * TICK_MS < slowMs) return void response.write(`tick ${ticks}\n`)
    clearInterval(timer)
    response.end(last)
  }, TICK_MS)
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const hash = createHash('sha256')
  request.on('data', (chunk: Buffer) => hash.update(chunk))
  request.on('end', () => {
    const answer = answerTo(request, hash.digest('hex'))
    const endpoint = endpointOf(request)
    if (endpoint === 'stream') stream(response, answer)
    else if (endpoint === 'slow') setTimeout(() => response.end(answer), slowMs)
    else response.end(answer)
  })
})

const webSockets = new WebSocketServer({ server })
webSockets.on('connection', (socket) => socket.on('message', (data: Buffer) => socket.send(data.toString())))

process.once('SIGTERM', () => {
  for (const socket of webSockets.clients) socket.close(1001)
  server.close(() => process.exit(0))
})
server.listen(PORT)
