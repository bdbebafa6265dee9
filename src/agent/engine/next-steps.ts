/** What to do next for a task: at most one step per container, volume and the task itself, all of which may run at once. Pure. */
import { CONTAINER_STEPS, TASK_STEPS, VOLUME_STEPS } from '../steps/index.ts'
import type { Situation, Step, StepTools } from '../steps/step.ts'
import { type Change, unchanged } from './changes.ts'
import { cleanupAt } from './cleanup.ts'
import { nextDeadline } from './dependencies.ts'
import type { SlotClass } from './slots.ts'
import { type EngineTask, findContainer } from './task.ts'

/** A step together with what it works on, which is looked up in the task's record as it is then. */
export interface PlannedStep {
  readonly name: string
  /** Unique within the task: a container's name, or what marks a volume or the task itself. */
  readonly key: string
  readonly slot: SlotClass | undefined
  readonly begin: (now: number) => Change
  /** Whether the step is still the right thing after it had to wait for its turn. */
  readonly isDue: (task: EngineTask, situation: Situation) => boolean
  readonly run: (task: EngineTask, tools: StepTools) => Promise<Change>
}

/** Containers go by their name; a volume may have the same. */
const volumeKey = (name: string): string => `volume:${name}`
const TASK_KEY = 'task:'

export const nextSteps = (task: EngineTask, situation: Situation): readonly PlannedStep[] => [
  ...plan(task, situation, TASK_KEY, TASK_STEPS, (current) => current),
  ...task.volumes.flatMap(({ name }) =>
    plan(task, situation, volumeKey(name), VOLUME_STEPS, ({ volumes }) =>
      volumes.find((volume) => volume.name === name),
    ),
  ),
  ...task.containers.flatMap(({ definition: { name } }) =>
    plan(task, situation, name, CONTAINER_STEPS, (current) => findContainer(current, name)),
  ),
]

const plan = <Subject>(
  task: EngineTask,
  situation: Situation,
  key: string,
  steps: readonly Step<Subject>[],
  find: (task: EngineTask) => Subject | undefined,
): PlannedStep[] => {
  const { busy, heldBack, now } = situation
  const subject = find(task)
  if (subject === undefined || busy.has(key) || (heldBack.get(key) ?? 0) > now) return []
  const step = steps.find(({ due }) => due(task, subject, situation))
  if (step === undefined) return []
  const { name, slot, begin, due, run } = step
  return [
    {
      name,
      key,
      slot,
      begin: (beginsAt) => begin?.(key, beginsAt) ?? unchanged,
      isDue: (current, then) => {
        const found = find(current)
        return found !== undefined && due(current, found, then)
      },
      run: async (current, tools) => {
        const found = find(current)
        return found === undefined ? unchanged : run(current, found, tools)
      },
    },
  ]
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
