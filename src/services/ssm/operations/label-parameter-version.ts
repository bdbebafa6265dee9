/** LabelParameterVersion: puts labels on a version, and takes them from the version that had them. */
import type { LabelParameterVersionRequest, LabelParameterVersionResult } from '@aws-sdk/client-ssm'
import { onParameter } from '../access.ts'
import type { SsmOperation } from '../context.ts'
import { checkLabels, isLabel, labelled } from '../labels.ts'
import { requireParameter, requireVersion } from '../lookups.ts'

export const labelParameterVersion: SsmOperation<LabelParameterVersionRequest, LabelParameterVersionResult> = {
  access: ({ Name: name }, context) => [onParameter(context, name)],
  handle: ({ Name: name, ParameterVersion: number, Labels: labels = [] }, context) => {
    const parameter = requireParameter(context, name)
    const { version } = requireVersion(context, parameter, number === undefined ? undefined : String(number))
    checkLabels(labels)
    context.tx.parameters.update(parameter.arn, { labels: labelled(parameter.labels, labels.filter(isLabel), version) })
    return { InvalidLabels: labels.filter((label) => !isLabel(label)), ParameterVersion: version }
  },
}
