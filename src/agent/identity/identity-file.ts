/** Who this machine is: its id, its key and where it belongs, in a file for the agent's user alone. */
import path from 'node:path'
import { readPrivate, writePrivate } from '../../kit/installation.ts'

export interface MachineIdentity {
  /** `mi-…` */
  readonly instanceId: string
  /** PEM, PKCS #8. */
  readonly privateKey: string
  readonly fingerprint: string
  readonly endpoint: string
  readonly region: string
  readonly cluster: string
  /** Certificate of the control plane's own authority (PEM), where it has one. */
  readonly authority?: string
}

const identityFile = (dataDirectory: string): string => path.join(dataDirectory, 'identity.json')

export const readIdentity = (dataDirectory: string): MachineIdentity | undefined =>
  readPrivate<MachineIdentity>(identityFile(dataDirectory))

export const writeIdentity = (dataDirectory: string, identity: MachineIdentity): void =>
  writePrivate(identityFile(dataDirectory), identity)
