/**
 * Who an agent is to the control plane: the owner of an access key, as its variables say, or a machine that joined with a token and has a
 * key of its own.
 */
import { mkdirSync } from 'node:fs'
import type { Variables } from '../agent/config.ts'
import { type MachineIdentity, readIdentity, writeIdentity } from '../agent/identity/identity-file.ts'
import { ControlApiError } from '../agentlink/control-api-error.ts'
import { httpTransport } from '../agentlink/http-transport.ts'
import { JsonCaller } from '../agentlink/json-caller.ts'
import { SystemClock } from '../kit/clock.ts'
import { UserError } from '../kit/command.ts'
import { SystemIds } from '../kit/ids.ts'
import { type JoinToken, readJoinToken } from '../kit/join-token.ts'
import type { Log } from '../kit/log.ts'
import { trustCertificateText } from '../kit/trust.ts'
import { version } from '../kit/version.ts'
import type { SigningCredentials } from '../model/signature-v4.ts'
import { inDataDir } from './running.ts'

/** As which every call of the agent says to come. */
export const agentName = (): string => `Longshore Agent - v${version()} (linux)`

const callerFor = (endpoint: string): JsonCaller =>
  new JsonCaller({
    endpoint,
    clock: new SystemClock(),
    ids: new SystemIds(),
    userAgent: agentName(),
    transport: httpTransport(1),
  })

/** The machine that this data directory is of; joins with the token if it is of none yet. Undefined without either. */
export const openMachine = async (
  dataDirectory: string,
  joinText: string | undefined,
): Promise<MachineIdentity | undefined> => {
  const known = inDataDir(dataDirectory, () => readIdentity(dataDirectory))
  // One that has just joined trusts already.
  if (known?.authority !== undefined) trustCertificateText(known.authority)
  return known ?? (joinText === undefined ? undefined : joinWith(joinText, dataDirectory))
}

const requireToken = (text: string): JoinToken => {
  const token = readJoinToken(text)
  if (token !== undefined) return token
  throw new UserError(
    "That is no join token, or not all of one. Make one with 'longshore token create', on the machine of the control plane.",
  )
}

const joinWith = async (text: string, dataDirectory: string): Promise<MachineIdentity> => {
  const token = requireToken(text)
  if (token.authority !== undefined) trustCertificateText(token.authority)
  // Before the token is used up: what cannot be kept is not asked for.
  inDataDir(dataDirectory, () => mkdirSync(dataDirectory, { recursive: true, mode: 0o700 }))
  try {
    const { join } = await import('../agent/identity/join.ts')
    const identity = await join(token, callerFor(token.endpoint), new SystemIds())
    inDataDir(dataDirectory, () => writeIdentity(dataDirectory, identity))
    return identity
  } catch (error) {
    if (!(error instanceof ControlApiError)) throw error
    throw new UserError(`The machine could not join at ${token.endpoint}: ${error.message}`, { cause: error })
  }
}

/** What the machine's identity says, as the first lines of a configuration file: those after them win. */
export const settingsOf = (machine: MachineIdentity | undefined): string =>
  machine === undefined
    ? ''
    : `ECS_BACKEND_HOST=${machine.endpoint}\nAWS_DEFAULT_REGION=${machine.region}\nECS_CLUSTER=${machine.cluster}\n`

export interface CredentialsSource {
  readonly variables: Variables
  readonly machine: MachineIdentity | undefined
  readonly dataDirectory: string
  /** Where the control plane is now; a machine may have joined at another address. */
  readonly endpoint: string | undefined
  /** What to join with anew if the control plane does not know the machine any more. */
  readonly joinText: string | undefined
  readonly log: Log
}

/** Keys of the variables where they are set, else those of the machine. Resolves when there are some. */
export const openCredentials = async (source: CredentialsSource): Promise<() => SigningCredentials> => {
  const { machine, joinText, dataDirectory } = source
  const own = ownKeys(source.variables)
  if (own !== undefined) return () => own
  if (machine === undefined) {
    throw new UserError(
      "The agent has no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or join with --join and a token of 'longshore token create'.",
    )
  }
  try {
    return await managedCredentials(machine, source)
  } catch (error) {
    if (!(error instanceof ControlApiError)) throw error
    if (joinText === undefined || error.type !== UNKNOWN)
      throw new UserError(
        `The control plane gives this machine, ${machine.instanceId}, no credentials: ${error.message}`,
        {
          cause: error,
        },
      )
    source.log.warn('the control plane does not know this machine; it joins anew', { instanceId: machine.instanceId })
    return managedCredentials(await joinWith(joinText, dataDirectory), source)
  }
}

/** What a control plane answers that has no such machine. */
const UNKNOWN = 'UnrecognizedClientException'

const ownKeys = (variables: Variables): SigningCredentials | undefined => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = variables
  if (!accessKeyId || !secretAccessKey) return undefined
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
}

/** Rejects with `ControlApiError` if the machine is refused. */
const managedCredentials = async (
  identity: MachineIdentity,
  { endpoint = identity.endpoint, log }: CredentialsSource,
): Promise<() => SigningCredentials> => {
  const { ManagedCredentials } = await import('../agent/identity/managed-credentials.ts')
  const [clock, ids] = [new SystemClock(), new SystemIds()]
  const managed = new ManagedCredentials({ identity, caller: callerFor(endpoint), clock, ids, log })
  await managed.start()
  return () => managed.current()
}
