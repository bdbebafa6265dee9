/** Names of families, containers and images, and how many containers there are. */
import { CONTAINERS_PER_TASK_DEFINITION } from '../../../model/limits.ts'
import { ECS_NAME } from '../lookups.ts'
import { type ContainerRule, ensure, requireDistinct, type TaskRule } from './rule.ts'
import { missing } from '../missing-member.ts'

const IMAGE = /^[a-zA-Z0-9\-_.:/@#]+$/
const IMAGE_LENGTH = 255

export const familyIsValid: TaskRule = ({ family }) => {
  if (!family) throw missing('family')
  ensure(ECS_NAME.test(family), 'Family contains invalid characters.')
}

export const containersAreCountedAndNamed: TaskRule = ({ containerDefinitions = [] }) => {
  if (containerDefinitions.length === 0) throw missing('containerDefinitions')
  ensure(containerDefinitions.length <= CONTAINERS_PER_TASK_DEFINITION, 'Too many containers.')
  for (const { name } of containerDefinitions) {
    ensure(Boolean(name), 'Container.name should not be null or empty.')
    ensure(ECS_NAME.test(name ?? ''), 'Container.name contains invalid characters.')
  }
  requireDistinct(
    'Container name',
    containerDefinitions.map(({ name }) => name),
  )
}

export const oneContainerIsEssential: TaskRule = ({ containerDefinitions = [] }) =>
  ensure(
    containerDefinitions.some(({ essential = true }) => essential),
    'Task definition must have at least one essential container.',
  )

export const imageIsValid: ContainerRule = ({ image }) => {
  ensure(Boolean(image), 'Container.image should not be null or empty.')
  ensure(IMAGE.test(image ?? ''), 'Container.image contains invalid characters.')
  const [repository = '', digest] = (image ?? '').split('@')
  ensure(repository.length <= IMAGE_LENGTH, `Container.image can have at most ${IMAGE_LENGTH} characters.`)
  ensure(digest === undefined || /^sha256:[a-fA-F0-9]{64}$/.test(digest), 'Container.image contains an invalid digest.')
}
