/** Looks at a container and puts what is seen into its record. Shared by every step that ends with a look. */
import { changeContainer, observed } from '../engine/changes.ts'
import type { Change } from '../engine/changes.ts'
import { hasReached } from '../engine/task.ts'
import type { EngineContainer } from '../engine/task.ts'
import type { ContainerState } from '../runtime.ts'
import type { StepTools } from './step.ts'

/** What the engine says went wrong may repeat a secret that the container was made with. */
export const lookAt = async (
  { runtime, secrets }: StepTools,
  container: EngineContainer,
): Promise<ContainerState | undefined> => {
  const state = await runtime.inspect(container.dockerId ?? container.dockerName)
  return state && state.error !== '' ? { ...state, error: secrets.redact(container, state.error) } : state
}

/** A run that was over before it was seen still was a run: it is recorded as RUNNING first, then as what it became. */
export const observe = (container: EngineContainer, state: ContainerState | undefined, tools: StepTools): Change => {
  const { name } = container.definition
  const now = tools.clock.now()
  if (state?.startedAt !== undefined && !hasReached(container, 'RUNNING')) {
    tools.apply((task) =>
      changeContainer(task, name, (current) => observed(current, { ...state, status: 'running' }, now)),
    )
  }
  return (task) => changeContainer(task, name, (current) => observed(current, state, now))
}
