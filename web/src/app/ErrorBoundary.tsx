import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Notice } from './Notice';

/** The last resort: a page that broke (or whose code is gone after a new release) says so and offers to load anew. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <Notice title="This page broke" message="Loading it anew usually helps.">
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Load anew
        </button>
      </Notice>
    );
  }
}
