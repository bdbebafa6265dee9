/** DeleteParameter: removes a parameter with all of its versions. */
import type { DeleteParameterRequest, DeleteParameterResult } from '@aws-sdk/client-ssm'
import { forgetParameter } from '../../../store/forget-parameter.ts'
import { onParameter } from '../access.ts'
import type { SsmOperation } from '../context.ts'
import { requireParameter } from '../lookups.ts'

export const deleteParameter: SsmOperation<DeleteParameterRequest, DeleteParameterResult> = {
  access: ({ Name: name }, context) => [onParameter(context, name)],
  handle: ({ Name: name }, context) => {
    forgetParameter(context.tx, requireParameter(context, name).arn)
    return {}
  },
}
