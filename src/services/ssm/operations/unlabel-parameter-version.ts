/** UnlabelParameterVersion: takes labels from a version; those that are not on it are named as invalid. */
import type { UnlabelParameterVersionRequest, UnlabelParameterVersionResult } from '@aws-sdk/client-ssm'
import { onParameter } from '../access.ts'
import type { SsmOperation } from '../context.ts'
import { checkLabels, labelsOn } from '../labels.ts'
import { requireParameter, requireVersion } from '../lookups.ts'

export const unlabelParameterVersion: SsmOperation<UnlabelParameterVersionRequest, UnlabelParameterVersionResult> = {
  access: ({ Name: name }, context) => [onParameter(context, name)],
  handle: ({ Name: name, ParameterVersion: number, Labels: labels = [] }, context) => {
    const parameter = requireParameter(context, name)
    const { version } = requireVersion(context, parameter, String(number))
    checkLabels(labels)
    const present = new Set(labelsOn(parameter.labels, version))
    const removed = new Set(labels.filter((label) => present.has(label)))
    context.tx.parameters.update(parameter.arn, {
      labels: parameter.labels.filter(({ label }) => !removed.has(label)),
    })
    return { RemovedLabels: [...removed], InvalidLabels: labels.filter((label) => !present.has(label)) }
  },
}
