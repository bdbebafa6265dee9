/** Amazon ECR's faults, by the names its model gives them. Texts that more than one operation needs are fixed here. */
import { Fault } from '../../wire/fault.ts'
import type { TagFaults } from '../checked-tags.ts'

const fault =
  (code: string) =>
  (message: string): Fault =>
    new Fault({ code, message })

export const imageAlreadyExists = fault('ImageAlreadyExistsException')
export const imageDigestMismatch = fault('ImageDigestDoesNotMatchException')
export const imageNotFound = fault('ImageNotFoundException')
export const imageTagAlreadyExists = fault('ImageTagAlreadyExistsException')
export const invalidParameter = fault('InvalidParameterException')
export const layersNotFound = fault('LayersNotFoundException')
export const limitExceeded = fault('LimitExceededException')
export const referencedImagesNotFound = fault('ReferencedImagesNotFoundException')
export const repositoryExists = fault('RepositoryAlreadyExistsException')
export const repositoryNotEmpty = fault('RepositoryNotEmptyException')
export const repositoryNotFound = fault('RepositoryNotFoundException')
export const policyNotFound = fault('RepositoryPolicyNotFoundException')

export const tagFaults: TagFaults = {
  invalid: fault('InvalidTagParameterException'),
  tooMany: fault('TooManyTagsException'),
}

export const invalidToken = (): Fault =>
  invalidParameter("Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid token'")
