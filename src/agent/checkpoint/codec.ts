/** A task as text for the checkpoint: its definition, which never changes, apart from its progress, which often does. */
import type { PayloadContainer } from '../../agentlink/acs-messages.ts'
import { defined } from '../../kit/assert.ts'
import type { EngineContainer, EngineTask, TaskDefinition } from '../engine/task.ts'

type Progress = Omit<EngineTask, 'definition' | 'containers'> & {
  readonly containers: readonly (Omit<EngineContainer, 'definition'> & { readonly name: string })[]
}

export const definitionText = ({ definition }: EngineTask): string => JSON.stringify(definition)

export const progressText = (task: EngineTask): string => {
  const containers = task.containers.map((container) => ({
    ...container,
    definition: undefined,
    name: container.definition.name,
  }))
  // Members that are undefined have no text.
  return JSON.stringify({ ...task, definition: undefined, containers })
}

export const readTask = (definitionJson: string, progressJson: string): EngineTask => {
  const definition = JSON.parse(definitionJson) as TaskDefinition
  const { containers, ...task } = JSON.parse(progressJson) as Progress
  return {
    ...task,
    definition,
    containers: containers.map(({ name, ...container }) => ({
      ...container,
      definition: definitionOf(definition, name),
    })),
  }
}

const definitionOf = (task: TaskDefinition, name: string): PayloadContainer =>
  defined(
    task.containers?.find((container) => container.name === name),
    `definition of container ${name}`,
  )
