/** What to do next for a task: at most one step per container and volume, all of which may run at the same time. Pure. */
import { CONTAINER_STEPS, VOLUME_STEPS } from '../steps/index.ts'
import type { Situation, Step } from '../steps/step.ts'
import { cleanupAt } from './cleanup.ts'
import { nextDeadline } from './dependencies.ts'
import { findContainer } from './task.ts'
import type { EngineContainer, EngineTask, EngineVolume } from './task.ts'

export type PlannedStep =
  | { readonly kind: 'container'; readonly subject: string; readonly key: string; readonly step: Step<EngineContainer> }
  | { readonly kind: 'volume'; readonly subject: string; readonly key: string; readonly step: Step<EngineVolume> }

/** Containers go by their name; a volume may have the same. */
const volumeKey = (name: string): string => `volume:${name}`

export const nextSteps = (task: EngineTask, situation: Situation): readonly PlannedStep[] => [
  ...task.containers.flatMap((container): PlannedStep[] => {
    const subject = container.definition.name
    const step = isFree(subject, situation)
      ? CONTAINER_STEPS.find(({ due }) => due(task, container, situation))
      : undefined
    return step === undefined ? [] : [{ kind: 'container', subject, key: subject, step }]
  }),
  ...task.volumes.flatMap((volume): PlannedStep[] => {
    const key = volumeKey(volume.name)
    const step = isFree(key, situation) ? VOLUME_STEPS.find(({ due }) => due(task, volume, situation)) : undefined
    return step === undefined ? [] : [{ kind: 'volume', subject: volume.name, key, step }]
  }),
]

const isFree = (key: string, { busy, heldBack, now }: Situation): boolean =>
  !busy.has(key) && (heldBack.get(key) ?? 0) <= now

/** Whether the step is still the right thing after it had to wait for its turn. */
export const isStillDue = (task: EngineTask, planned: PlannedStep, situation: Situation): boolean => {
  if (planned.kind === 'container') {
    const container = findContainer(task, planned.subject)
    return container !== undefined && planned.step.due(task, container, situation)
  }
  const volume = task.volumes.find(({ name }) => name === planned.subject)
  return volume !== undefined && planned.step.due(task, volume, situation)
}

/** The next moment at which time alone makes something due. */
export const nextWakeAt = (task: EngineTask, { settings, heldBack, now }: Situation): number | undefined => {
  const moments = [
    cleanupAt(task, settings),
    ...heldBack.values(),
    ...task.containers.map((container) =>
      container.desiredStatus === 'RUNNING' ? nextDeadline(task, container) : undefined,
    ),
  ].filter((moment) => moment !== undefined && moment > now)
  return moments.length === 0 ? undefined : Math.min(...(moments as number[]))
}
