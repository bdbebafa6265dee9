/** What containers that run have in their log options, and what therefore has to be the same after every start of the agent. */
import path from 'node:path'
import { readPrivate, writePrivate } from '../../kit/installation.ts'
import type { Ids } from '../../kit/ids.ts'

export interface RelayState {
  readonly port: number
  /** From which the keys of containers are derived. */
  readonly secret: string
}

/** The first choice at the first start. */
const USUAL_PORT = 51_680

const stateFile = (dataDirectory: string): string => path.join(dataDirectory, 'log-relay.json')

export const readRelayState = (dataDirectory: string, ids: Ids): RelayState =>
  readPrivate<RelayState>(stateFile(dataDirectory)) ?? { port: USUAL_PORT, secret: ids.hex32() + ids.hex32() }

/** What is there already is not written again: an agent comes back on a full disk too. */
export const keepRelayState = (dataDirectory: string, state: RelayState): void => {
  const { port, secret } = readPrivate<RelayState>(stateFile(dataDirectory)) ?? {}
  if (port !== state.port || secret !== state.secret) writePrivate(stateFile(dataDirectory), state)
}
