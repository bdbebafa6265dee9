/** Where the Docker Engine listens, as `DOCKER_HOST` says it. TLS and ssh endpoints are refused, not misread. */

export interface EngineEndpoint {
  /** As configured, for messages. */
  readonly name: string
  readonly target: { readonly socketPath: string } | { readonly host: string; readonly port: number }
}

export const DEFAULT_DOCKER_HOST = 'unix:///var/run/docker.sock'

const DEFAULT_TCP_PORT = 2375

/** The endpoint that `DOCKER_HOST` names, or undefined if it is neither `unix://<path>` nor `tcp://<host>[:<port>]`. */
export const parseDockerHost = (text: string): EngineEndpoint | undefined => {
  const socketPath = /^unix:\/\/(\/.+)$/.exec(text)?.[1]
  if (socketPath !== undefined) return { name: text, target: { socketPath } }
  const tcp = /^(?:tcp|http):\/\/(\[[0-9a-fA-F:]+\]|[^/:[\]]+)(?::(\d{1,5}))?\/?$/.exec(text)
  if (tcp?.[1] === undefined) return undefined
  const port = tcp[2] === undefined ? DEFAULT_TCP_PORT : Number(tcp[2])
  return { name: text, target: { host: tcp[1].replace(/^\[|\]$/g, ''), port } }
}
