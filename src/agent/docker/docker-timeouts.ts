/** How long each call to the engine may take: what the ECS agent allows, so that its users meet the same limits. */

const SECOND = 1000
const MINUTE = 60 * SECOND

export interface DockerTimeouts {
  readonly pingMs: number
  readonly infoMs: number
  readonly createMs: number
  readonly startMs: number
  /** On top of the container's own stop timeout. */
  readonly stopExtraMs: number
  readonly inspectMs: number
  readonly listMs: number
  readonly removeMs: number
  readonly statsMs: number
  readonly manifestMs: number
  /** Until the engine begins to answer a pull. */
  readonly pullBeginMs: number
  /** Between two signs of life of a pull. */
  readonly pullInactivityMs: number
  readonly pullMs: number
  readonly tagMs: number
  readonly removeImageMs: number
  readonly volumeMs: number
  readonly execMs: number
}

export const DOCKER_TIMEOUTS: DockerTimeouts = {
  pingMs: 10 * SECOND,
  infoMs: 30 * SECOND,
  createMs: 4 * MINUTE,
  startMs: 3 * MINUTE,
  stopExtraMs: 2 * MINUTE,
  inspectMs: 30 * SECOND,
  listMs: 10 * MINUTE,
  removeMs: 5 * MINUTE,
  statsMs: 18 * SECOND,
  manifestMs: 1 * MINUTE,
  pullBeginMs: 5 * MINUTE,
  pullInactivityMs: 1 * MINUTE,
  pullMs: 120 * MINUTE,
  tagMs: 30 * SECOND,
  removeImageMs: 3 * MINUTE,
  volumeMs: 5 * MINUTE,
  execMs: 30 * SECOND,
}
