/** DeleteParameters: removes up to ten parameters; those that are not there are named as invalid. */
import type { DeleteParametersRequest, DeleteParametersResult } from '@aws-sdk/client-ssm'
import { forgetParameter } from '../../../store/forget-parameter.ts'
import { onParameter } from '../access.ts'
import { distinctNames } from '../names.ts'
import type { SsmOperation } from '../context.ts'
import { findParameter } from '../lookups.ts'

export const deleteParameters: SsmOperation<DeleteParametersRequest, DeleteParametersResult> = {
  access: ({ Names: names = [] }, context) => names.map((name) => onParameter(context, name)),
  handle: ({ Names: names = [] }, context) => {
    const answer = { DeletedParameters: [] as string[], InvalidParameters: [] as string[] }
    for (const name of distinctNames(names)) {
      const parameter = findParameter(context, name)
      if (parameter !== undefined) forgetParameter(context.tx, parameter.arn)
      answer[parameter === undefined ? 'InvalidParameters' : 'DeletedParameters'].push(name)
    }
    return answer
  },
}
