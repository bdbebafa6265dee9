/** Pulls one image: reads the engine's progress to its end, because failures come in the stream, after the answer began. */
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../kit/clock.ts'
import { type RegistryCredentials, RuntimeError } from '../runtime.ts'
import type { DockerTimeouts } from './docker-timeouts.ts'
import type { EngineApi } from './engine-api.ts'
import { asRegistryError } from './engine-error.ts'
import type { ProgressLine } from './engine-types.ts'
import { jsonLines } from './json-lines.ts'
import { registryAuthHeader } from './registry-calls.ts'

/**
 * Rejects with `denied` if the registry refuses or has no such image, `refused` for other failures that the engine tells,
 * `timeout` if the pull does not begin, falls silent, or takes too long.
 */
export const pullImage = async (
  api: EngineApi,
  clock: Clock,
  timeouts: DockerTimeouts,
  reference: string,
  credentials: RegistryCredentials | undefined,
): Promise<void> => {
  try {
    const response = await api.stream({
      method: 'POST',
      path: '/images/create',
      query: { fromImage: withTag(reference) },
      headers: registryAuthHeader(credentials),
      timeoutMs: timeouts.pullBeginMs,
    })
    await readProgress(response, clock, timeouts)
  } catch (error) {
    throw error instanceof RuntimeError ? asRegistryError(error) : brokenStream(error)
  }
}

/** Without a tag or digest the engine would pull every tag of the repository. */
const withTag = (reference: string): string =>
  reference.includes('@') || reference.lastIndexOf(':') > reference.lastIndexOf('/') ? reference : `${reference}:latest`

const readProgress = async (response: IncomingMessage, clock: Clock, timeouts: DockerTimeouts): Promise<void> => {
  const give = (message: string) => () => response.destroy(new RuntimeError('timeout', message))
  const silence = give('inactivity time exceeded timeout while pulling image')
  const whole = clock.setTimer(timeouts.pullMs, give('timed out while pulling image'))
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
