/** Serves the introspection API over HTTP. Off the loopback interface only where the operator allows it. */
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { http } from '../../kit/node.ts'
import type { AgentConfig } from '../config.ts'
import { introspectionAnswer, type IntrospectionFacts, type IntrospectionSource } from './introspection-answer.ts'

export interface IntrospectionServer {
  readonly port: number
  close(): Promise<void>
}

const LICENSE_FILE = new URL('../../../LICENSE', import.meta.url)

const readLicense = (): string => readFileSync(LICENSE_FILE, 'utf8')

/**
 * Starts the server, or resolves with undefined if it is turned off (port 0). Rejects if the port is taken, for instance by another
 * agent on this machine.
 */
export const serveIntrospection = async (
  config: Pick<AgentConfig, 'introspectionPort' | 'allowOffhostIntrospectionAccess'>,
  version: string,
  source: IntrospectionSource,
): Promise<IntrospectionServer | undefined> => {
  if (config.introspectionPort === 0) return undefined
  const facts: IntrospectionFacts = {
    cluster: source.cluster,
    containerInstanceArn: () => source.containerInstanceArn(),
    tasks: () => source.tasks(),
    version: `Longshore Agent - v${version}`,
    license: readLicense,
  }
  return listen(config.introspectionPort, config.allowOffhostIntrospectionAccess ? '0.0.0.0' : '127.0.0.1', facts)
}

const listen = (port: number, host: string, facts: IntrospectionFacts): Promise<IntrospectionServer> => {
  const server = http.createServer((request, response) => answer(request, response, facts))
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      // The agent's life does not depend on who looks at it.
      server.unref()
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            server.closeAllConnections()
          }),
      })
    })
  })
}

const answer = (request: IncomingMessage, response: ServerResponse, facts: IntrospectionFacts): void => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end()
    return
  }
  const { status, contentType, body } = introspectionAnswer(request.url ?? '/', facts)
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) })
  response.end(request.method === 'HEAD' ? undefined : body)
}
