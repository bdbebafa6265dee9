/** DeleteActivation: no more machines join by it; those that did stay. */
import type { DeleteActivationRequest, DeleteActivationResult } from '@aws-sdk/client-ssm'
import type { SsmOperation } from '../context.ts'
import { fault } from '../faults.ts'

export const deleteActivation: SsmOperation<DeleteActivationRequest, DeleteActivationResult> = {
  access: () => [{ resource: '*' }],
  handle: ({ ActivationId: id = '' }, { tx, account, region }) => {
    const activation = tx.activations.get(id)
    if (activation?.account !== account || activation.region !== region)
      throw fault('InvalidActivation', `The activation ${id} is not valid.`)
    tx.activations.remove(id)
    return {}
  },
}
