/** Pulls one image: reads the engine's progress to its end, because failures come in the stream, after the answer began. */
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../kit/clock.ts'
import { type RegistryCredentials, RuntimeError } from '../runtime.ts'
import type { DockerTimeouts } from './docker-timeouts.ts'
import type { EngineApi } from './engine-api.ts'
import { asRegistryError, timedOut } from './engine-error.ts'
import type { ProgressLine } from './engine-types.ts'
import { jsonLines } from './json-lines.ts'
import { registryAuthHeader } from './registry-calls.ts'

/**
 * Rejects with `denied` if the registry refuses or has no such image, `refused` for other failures that the engine tells and for a
 * pull that falls silent, `timeout` if it does not begin or takes too long.
 */
export const pullImage = async (
  api: EngineApi,
  clock: Clock,
  timeouts: DockerTimeouts,
  reference: string,
  credentials: RegistryCredentials | undefined,
): Promise<void> => {
  try {
    const response = await beginPull(api, timeouts, reference, credentials)
    await readProgress(response, clock, timeouts)
  } catch (error) {
    throw error instanceof RuntimeError ? asRegistryError(error) : brokenStream(error)
  }
}

const beginPull = async (
  api: EngineApi,
  { pullBeginMs: timeoutMs }: DockerTimeouts,
  reference: string,
  credentials: RegistryCredentials | undefined,
): Promise<IncomingMessage> => {
  try {
    const query = { fromImage: withTag(reference) }
    const headers = registryAuthHeader(credentials)
    return await api.stream({ method: 'POST', path: '/images/create', query, headers, timeoutMs })
  } catch (error) {
    if (error instanceof RuntimeError && error.kind === 'timeout') throw timedOut('pullBegin', timeoutMs)
    throw error
  }
}

/** Without a tag or digest the engine would pull every tag of the repository. */
const withTag = (reference: string): string =>
  reference.includes('@') || reference.lastIndexOf(':') > reference.lastIndexOf('/') ? reference : `${reference}:latest`

const readProgress = async (response: IncomingMessage, clock: Clock, timeouts: DockerTimeouts): Promise<void> => {
  const end = (error: RuntimeError) => () => void response.destroy(error)
  // Another try may find the registry in a better mood, so this is no timeout of the whole.
  const silence = end(new RuntimeError('refused', 'inactivity time exceeded timeout while pulling image'))
  const whole = clock.setTimer(timeouts.pullMs, end(timedOut('pulled', timeouts.pullMs)))
  let quiet = clock.setTimer(timeouts.pullInactivityMs, silence)
  try {
    for await (const line of jsonLines<ProgressLine>(response)) {
      quiet.cancel()
      quiet = clock.setTimer(timeouts.pullInactivityMs, silence)
      const failure = line.errorDetail?.message ?? line.error
      if (failure !== undefined) throw new RuntimeError('refused', failure)
    }
  } finally {
    whole.cancel()
    quiet.cancel()
  }
}

const brokenStream = (error: unknown): RuntimeError =>
  new RuntimeError(
    'unreachable',
    `the Docker Engine ended the pull: ${error instanceof Error ? error.message : String(error)}`,
  )
