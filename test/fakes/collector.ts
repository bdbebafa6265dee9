/** A server that takes what subscriptions deliver, or refuses it, as a test says. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

export interface DeliveredDocument {
  readonly messageType: string
  readonly owner: string
  readonly logGroup: string
  readonly logStream: string
  readonly subscriptionFilters: readonly string[]
  readonly logEvents: readonly { readonly id: string; readonly timestamp: number; readonly message: string }[]
}

export interface Collector {
  readonly url: string
  readonly port: number
  /** What it has taken. */
  readonly documents: DeliveredDocument[]
  readonly headers: IncomingMessage['headers'][]
  /** Messages of the events that it has taken, as they came. */
  messages(): string[]
  /** The status that it answers with from now on. */
  answers(status: number): void
  close(): Promise<void>
}

export const collector = async (): Promise<Collector> => {
  const documents: DeliveredDocument[] = []
  const headers: IncomingMessage['headers'][] = []
  let status = 200
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      headers.push(request.headers)
      if (status === 200) documents.push(JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as DeliveredDocument)
      response.writeHead(status, { location: '/elsewhere' }).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/logs?token=t`,
    port,
    documents,
    headers,
    messages: () =>
      documents
        .filter(({ messageType }) => messageType === 'DATA_MESSAGE')
        .flatMap(({ logEvents }) => logEvents.map(({ message }) => message)),
    answers: (next) => {
      status = next
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
