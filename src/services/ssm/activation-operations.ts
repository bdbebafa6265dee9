/** The operations by which machines join: activations, and the managed instances that came of them. */
import type { SsmOperationTable } from './context.ts'
import { createActivation } from './operations/create-activation.ts'
import { deleteActivation } from './operations/delete-activation.ts'
import { deregisterManagedInstance } from './operations/deregister-managed-instance.ts'
import { describeActivations } from './operations/describe-activations.ts'
import { describeInstanceInformation } from './operations/describe-instance-information.ts'
import { registerManagedInstance } from './operations/register-managed-instance.ts'
import { requestManagedInstanceRoleToken } from './operations/request-managed-instance-role-token.ts'

export const activationOperations: SsmOperationTable = {
  CreateActivation: createActivation,
  DeleteActivation: deleteActivation,
  DeregisterManagedInstance: deregisterManagedInstance,
  DescribeActivations: describeActivations,
  DescribeInstanceInformation: describeInstanceInformation,
  RegisterManagedInstance: registerManagedInstance,
  RequestManagedInstanceRoleToken: requestManagedInstanceRoleToken,
}
