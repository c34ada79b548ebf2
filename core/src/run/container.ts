import "reflect-metadata";
import { container as root, type DependencyContainer, type InjectionToken } from "tsyringe";

/** A value under the token that asks for it. */
export type Binding<T = unknown> = readonly [token: InjectionToken<T>, value: T];

export function bind<T>(token: InjectionToken<T>, value: T): Binding {
  return [token, value] as Binding;
}

/** The child container of one run: nothing is ever registered on tsyringe's global one, so runs cannot see each other. */
export function createContainer(bindings: readonly Binding[]): DependencyContainer {
  const child = root.createChildContainer();
  for (const [token, value] of bindings) child.register(token, { useValue: value });
  return child;
}
