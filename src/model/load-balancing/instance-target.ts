/**
 * Container instances as targets. A target of the type `instance` is named by the id of an EC2 instance; machines that are none of EC2's
 * are given one, which means something to target groups alone.
 */
import type { ContainerInstanceRecord } from '../records.ts'

const EC2_INSTANCE_ID = /^i-[0-9a-f]+$/

/** Whether a target's id is that of an instance. */
export const isInstanceTarget = (targetId: string): boolean => EC2_INSTANCE_ID.test(targetId)

/** The digits after `i-`. */
const ID_DIGITS = 17

/** The instance's own id, or one made of its container instance id. */
export const targetInstanceId = ({
  containerInstanceId,
  ec2InstanceId = '',
}: Pick<ContainerInstanceRecord, 'containerInstanceId' | 'ec2InstanceId'>): string =>
  EC2_INSTANCE_ID.test(ec2InstanceId)
    ? ec2InstanceId
    : `i-${containerInstanceId.replaceAll('-', '').slice(0, ID_DIGITS)}`
