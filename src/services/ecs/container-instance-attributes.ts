/**
 * Attributes of container instances: what may be set, by whom, and what becomes of them when an agent registers again.
 * Capabilities and facts of the platform are named `ecs.` or `com.amazonaws.` and belong to agent and service; all other names are
 * custom ones and belong to the user. Patterns: Attribute in the API reference.
 */
import type { Attribute } from '@aws-sdk/client-ecs'
import { ATTRIBUTE_LENGTH, CUSTOM_ATTRIBUTES_PER_INSTANCE } from '../../model/limits.ts'
import type { AttributeRecord, ContainerInstanceRecord } from '../../model/records.ts'
import type { Fault } from '../../wire/fault.ts'
import { invalidParameter } from './faults.ts'

const NAME = /^[a-zA-Z0-9\-_/\\.]+$/
const VALUE = /^[a-zA-Z0-9\-_.@/\\:](?:[a-zA-Z0-9\-_.@/\\: ]*[a-zA-Z0-9\-_.@/\\:])?$/

const isCustom = ({ name }: AttributeRecord): boolean => !/^(ecs|com\.amazonaws)\./.test(name)

/** The attribute as it is stored. An empty value is none. */
export const checkedAttribute = ({ name, value }: Attribute): AttributeRecord => {
  const checkedName = checkedAttributeName(name)
  if (!value) return { name: checkedName }
  if (value.length > ATTRIBUTE_LENGTH)
    throw invalidParameter(`The value of attribute ${checkedName} can have at most ${ATTRIBUTE_LENGTH} characters.`)
  if (!VALUE.test(value)) throw invalidParameter(`The value of attribute ${checkedName} contains invalid characters.`)
  return { name: checkedName, value }
}

export const checkedAttributeName = (name: string | undefined): string => {
  if (!name) throw invalidParameter('Attribute name cannot be empty.')
  if (name.length > ATTRIBUTE_LENGTH)
    throw invalidParameter(`The attribute name can have at most ${ATTRIBUTE_LENGTH} characters.`)
  if (!NAME.test(name)) throw invalidParameter(`The attribute name ${name} contains invalid characters.`)
  return name
}

/** Refuses names that users may neither set nor delete. */
export const checkCustom = (attribute: AttributeRecord): void => {
  if (isCustom(attribute)) return
  throw invalidParameter(
    `Attribute ${attribute.name} is reserved: names that start with ecs. or com.amazonaws. are set by Amazon ECS.`,
  )
}

/** `existing` with `added` laid over it by name. `tooMany` makes the fault for more custom ones than an instance may have. */
export const mergedAttributes = (
  existing: readonly AttributeRecord[],
  added: readonly AttributeRecord[],
  tooMany: (message: string) => Fault,
): readonly AttributeRecord[] => {
  const merged = [...new Map([...existing, ...added].map((attribute) => [attribute.name, attribute])).values()]
  if (merged.filter(isCustom).length <= CUSTOM_ATTRIBUTES_PER_INSTANCE) return merged
  throw tooMany(`A container instance can have at most ${CUSTOM_ATTRIBUTES_PER_INSTANCE} custom attributes.`)
}

/** What is so of a machine, not of its agent: its identity document says some of it, and an agent that knows better sends it itself. */
const OF_THE_MACHINE: ReadonlySet<string> = new Set([
  'ecs.availability-zone',
  'ecs.instance-type',
  'ecs.ami-id',
  'ecs.cpu-architecture',
  'ecs.vpc-id',
  'ecs.subnet-id',
])

/**
 * What is left of an instance's attributes when its agent registers again. The agent sends all of its own afresh, but those of
 * `ECS_INSTANCE_ATTRIBUTES` only the first time, and what its machine is it may have told only then.
 */
export const attributesKept = (instance: ContainerInstanceRecord | undefined): readonly AttributeRecord[] =>
  (instance?.attributes ?? []).filter((attribute) => isCustom(attribute) || OF_THE_MACHINE.has(attribute.name))

export const attributeValue = (
  instance: { readonly attributes: readonly AttributeRecord[] } | undefined,
  name: string,
): string | undefined => instance?.attributes.find((attribute) => attribute.name === name)?.value
