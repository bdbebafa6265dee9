/** What else belongs to a container, such as its GPUs, as the task metadata endpoint lists it. Pure. */
import type { OwnContainer } from './own-task.ts'

/** AWS: null stands for none. */
export const listAssociations = (own: OwnContainer, type: string): readonly string[] | null => {
  const names = of(own, type).map(({ name }) => name)
  return names.length === 0 ? null : names
}

/** The content as it was given. */
export const findAssociation = (own: OwnContainer, type: string, name: string): string | undefined =>
  of(own, type).find((association) => association.name === name)?.content.value

const of = ({ task, container }: OwnContainer, type: string) =>
  (task.definition.associations ?? []).filter(
    (association) => association.type === type && association.containers.includes(container.definition.name),
  )
