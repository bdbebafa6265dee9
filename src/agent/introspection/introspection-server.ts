/**
 * Serves the introspection API over HTTP: to this host, to the containers on Docker's own bridge where the firewall keeps others out, and
 * to others where the operator allows it.
 */
import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { http } from '../../kit/node.ts'
import type { AgentConfig } from '../config.ts'
import type { IntrospectionFacts, IntrospectionSource } from './introspection-answer.ts'

export interface IntrospectionServer {
  close(): Promise<void>
}

export interface IntrospectionOptions {
  readonly config: Pick<AgentConfig, 'introspectionPort' | 'allowOffhostIntrospectionAccess'>
  readonly version: string
  /** Address of the bridge; undefined where containers are not to reach the API. */
  readonly bridgeAddress: string | undefined
}

const LICENSE_FILE = new URL('../../../LICENSE', import.meta.url)
const LOOPBACK = '127.0.0.1'
const EVERYWHERE = '0.0.0.0'

const readLicense = (): string => readFileSync(LICENSE_FILE, 'utf8')

/**
 * Starts the server, or resolves with undefined if it is turned off (port 0). Rejects if the port is taken, for instance by another
 * agent on this machine.
 */
export const serveIntrospection = async (
  { config, version, bridgeAddress }: IntrospectionOptions,
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
  const inside = bridgeAddress === undefined ? [LOOPBACK] : [LOOPBACK, bridgeAddress]
  const addresses = config.allowOffhostIntrospectionAccess ? [EVERYWHERE] : inside
  const servers: Server[] = []
  const close = async (): Promise<void> => void (await Promise.all(servers.map(closed)))
  try {
    for (const address of addresses) servers.push(await listen(config.introspectionPort, address, facts))
    return { close }
  } catch (error) {
    await close()
    throw error
  }
}

const listen = (port: number, host: string, facts: IntrospectionFacts): Promise<Server> => {
  const server = http.createServer((request, response) => void answer(request, response, facts))
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      // The agent's life does not depend on who looks at it.
      server.unref()
      resolve(server)
    })
  })
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** What is shown is made by code that is loaded when somebody looks. */
const answer = async (request: IncomingMessage, response: ServerResponse, facts: IntrospectionFacts): Promise<void> => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end()
    return
  }
  const { introspectionAnswer } = await import('./introspection-answer.ts')
  const { status, contentType, body } = introspectionAnswer(request.url ?? '/', facts)
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) })
  response.end(request.method === 'HEAD' ? undefined : body)
}
