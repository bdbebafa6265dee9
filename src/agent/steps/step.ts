/**
 * What a step is: one transition of one container or volume. `due` says purely whether it is its turn, `run` does it and answers with
 * what to change in the record. Failures that are outcomes (no such image, no memory) are part of the change; anything else is thrown
 * and the step is tried again later.
 */
import type { Clock } from '../../kit/clock.ts'
import type { Change } from '../engine/changes.ts'
import type { SlotClass } from '../engine/slots.ts'
import type { EngineContainer, EngineTask, EngineVolume } from '../engine/task.ts'
import type { EngineSettings, Secrets, Tools } from '../engine/tools.ts'

/** Everything besides the task that decides what is due. */
export interface Situation {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly settings: EngineSettings
  /** Whether this host enforces limits of whole tasks. */
  readonly hasLimits: boolean
  /** Whether this host has log routers. */
  readonly hasLogRouting: boolean
  /** What is known beside the records. */
  readonly secrets: Pick<Secrets, 'isReady' | 'mayFetch'>
  /** Steps in progress, by `subjectKey`. */
  readonly busy: ReadonlyMap<string, string>
  /** Containers of which something was heard that their record does not show yet. */
  readonly stale: ReadonlySet<string>
  /** Subjects whose last step failed, and until when they are left alone. */
  readonly heldBack: ReadonlyMap<string, number>
}

export interface StepTools extends Tools {
  readonly clock: Clock
  /** Makes a change known before the step has ended. */
  readonly apply: (change: Change) => void
}

export interface Step<Subject> {
  readonly name: string
  /** Which of the runtime's slots the step needs, if any. */
  readonly slot?: SlotClass
  readonly due: (task: EngineTask, subject: Subject, situation: Situation) => boolean
  /** The intent, recorded before the step runs. */
  readonly begin?: (key: string, now: number) => Change
  readonly run: (task: EngineTask, subject: Subject, tools: StepTools) => Promise<Change>
}

export type ContainerStep = Step<EngineContainer>
export type VolumeStep = Step<EngineVolume>
/** Of the task as a whole, which is its own subject. */
export type TaskStep = Step<EngineTask>
