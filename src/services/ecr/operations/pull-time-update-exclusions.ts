/** RegisterPullTimeUpdateExclusion, DeregisterPullTimeUpdateExclusion, ListPullTimeUpdateExclusions: users and roles whose pulls are not noted. */
import type {
  DeregisterPullTimeUpdateExclusionRequest,
  DeregisterPullTimeUpdateExclusionResponse,
  ListPullTimeUpdateExclusionsRequest,
  ListPullTimeUpdateExclusionsResponse,
  RegisterPullTimeUpdateExclusionRequest,
  RegisterPullTimeUpdateExclusionResponse,
} from '@aws-sdk/client-ecr'
import { dateOf } from '../../../kit/timestamps.ts'
import { registrySettingsOf, setRegistrySettings } from '../../../store/images/registry-settings.ts'
import { checkConstraints } from '../../constraints.ts'
import { onAnything } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { exclusionAlreadyExists, exclusionNotFound, invalidParameter, limitExceeded } from '../faults.ts'
import { page } from '../page.ts'

const PRINCIPAL = { max: 200, pattern: /^arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/[\w+=,.@/-]+$/ } as const
/** AWS: that many. */
const EXCLUSIONS = 100

export const registerPullTimeUpdateExclusion: EcrOperation<
  RegisterPullTimeUpdateExclusionRequest,
  RegisterPullTimeUpdateExclusionResponse
> = {
  access: onAnything,
  handle: ({ principalArn = '' }, context) => {
    checkConstraints({ principalArn }, { principalArn: PRINCIPAL }, invalidParameter)
    const { pullTimeExclusions } = registrySettingsOf(context.tx, context)
    if (pullTimeExclusions.some((each) => each.principalArn === principalArn))
      throw exclusionAlreadyExists(`A pull time update exclusion for '${principalArn}' already exists.`)
    if (pullTimeExclusions.length >= EXCLUSIONS)
      throw limitExceeded(`A registry can have ${EXCLUSIONS} pull time update exclusions.`)
    const exclusion = { principalArn, createdAt: context.now }
    setRegistrySettings(context.tx, context, { pullTimeExclusions: [...pullTimeExclusions, exclusion] })
    return { principalArn, createdAt: dateOf(context.now) }
  },
}

export const deregisterPullTimeUpdateExclusion: EcrOperation<
  DeregisterPullTimeUpdateExclusionRequest,
  DeregisterPullTimeUpdateExclusionResponse
> = {
  access: onAnything,
  handle: ({ principalArn = '' }, context) => {
    const { pullTimeExclusions } = registrySettingsOf(context.tx, context)
    const left = pullTimeExclusions.filter((each) => each.principalArn !== principalArn)
    if (left.length === pullTimeExclusions.length)
      throw exclusionNotFound(`There is no pull time update exclusion for '${principalArn}'.`)
    setRegistrySettings(context.tx, context, { pullTimeExclusions: left })
    return { principalArn }
  },
}

export const listPullTimeUpdateExclusions: EcrOperation<
  ListPullTimeUpdateExclusionsRequest,
  ListPullTimeUpdateExclusionsResponse
> = {
  access: onAnything,
  handle: (request, context) => {
    const arns = registrySettingsOf(context.tx, context).pullTimeExclusions.map(({ principalArn }) => principalArn)
    const { items, rest } = page(context, request, ['ListPullTimeUpdateExclusions'], arns, (arn) => arn)
    return { pullTimeUpdateExclusions: [...items], ...rest }
  },
}
