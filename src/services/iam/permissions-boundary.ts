/** The managed policy that limits what a user's or role's own policies can allow. */
import type { AttachedPermissionsBoundary } from '@aws-sdk/client-iam'
import type { IamContext } from './context.ts'
import { requireAttachablePolicy } from './policies.ts'

interface HasBoundary {
  readonly permissionsBoundaryArn?: string
}

/** The member of a record for the boundary that a request names, if it names one. */
export const checkedBoundary = (context: IamContext, arn: string | undefined): HasBoundary =>
  arn === undefined ? {} : { permissionsBoundaryArn: requireAttachablePolicy(context, arn, 'Scope ARN:').arn }

export const describeBoundary = ({
  permissionsBoundaryArn: arn,
}: HasBoundary): { PermissionsBoundary?: AttachedPermissionsBoundary } =>
  arn === undefined
    ? {}
    : { PermissionsBoundary: { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: arn } }
