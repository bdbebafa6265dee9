/** The address at which Docker asks for keys. The firewall leads it to the task metadata server, but only what the host has a route for. */
import { connect } from 'node:net'

const ADDRESS = '169.254.170.2'
const PORT = 80
const TIMEOUT_MS = 2000

/** Why processes of this host do not reach it; undefined if they do. */
export const keyEndpointProblem = (host = ADDRESS, port = PORT): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: TIMEOUT_MS })
    const tell = (problem: string | undefined): void => {
      socket.destroy()
      resolve(problem)
    }
    socket.once('connect', () => tell(undefined))
    socket.once('timeout', () => tell('nobody answers'))
    socket.once('error', ({ message }) => tell(message))
  })
