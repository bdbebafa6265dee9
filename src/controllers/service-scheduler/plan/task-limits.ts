/** How many tasks of a group have to be healthy, and how many there may be. */

export interface TaskLimits {
  /** Healthy tasks that stay where nothing else gives the new ones room. */
  readonly minimum: number
  /** Tasks at the same time, those that are stopping included. */
  readonly maximum: number
}

/**
 * AWS: the minimum is rounded up, the maximum down. A minimum above 100 percent asks for tasks that nobody wants to have, so it is taken
 * as 100. Source: DeploymentConfiguration in the API reference.
 */
export const taskLimits = (
  desiredCount: number,
  {
    minimumHealthyPercent,
    maximumPercent,
  }: { readonly minimumHealthyPercent: number; readonly maximumPercent: number },
): TaskLimits => ({
  minimum: Math.min(desiredCount, Math.ceil((desiredCount * minimumHealthyPercent) / 100)),
  maximum: Math.floor((desiredCount * maximumPercent) / 100),
})
