"""The words of the hosted page in Japanese and English. Not Django's catalogue: this is not the product."""

from __future__ import annotations

JA = {
    "test_notice": "テスト用の決済画面（本物の決済は行われません）",
    "title": "お支払い",
    "pay_to": "お支払い先",
    "amount": "お支払い金額",
    "yen": "{amount}円",
    "details": "内訳",
    "email": "メールアドレス",
    "email_hint": "お支払いの控えの送り先です。",
    "card": "カード番号",
    "card_hint": "下のテスト用の番号を使ってください。",
    "expiry": "有効期限（月 / 年）",
    "expiry_hint": "例: 12 / 34",
    "cvc": "セキュリティコード",
    "cvc_hint": "カード裏面などの3桁か4桁",
    "pay": "{amount}円を支払う",
    "back": "戻る",
    "error_title": "入力を確かめてください",
    "refused_title": "お支払いは完了していません",
    "error_prefix": "エラー: ",
    "bad_email": "メールアドレスを、name@example.jp のような形で入力してください。",
    "bad_card": "このカード番号は使えません。テスト用の番号を入力してください。",
    "bad_expiry": "有効期限を、これから先の月と年で入力してください（例: 12 / 34）。",
    "bad_cvc": "セキュリティコードを、3桁か4桁の数字で入力してください。",
    "generic_decline": "カード会社が承認しませんでした。お金は動いていません。別のカードをお試しください。",
    "insufficient_funds": "カードの利用可能額が足りませんでした。お金は動いていません。"
    "別のカードをお試しください。",
    "expired_card": "カードの有効期限が切れています。お金は動いていません。別のカードをお試しください。",
    "authentication": "本人確認ができませんでした。お金は動いていません。"
    "もう一度試すか、別のカードをお使いください。",
    "cards_title": "テスト用のカード番号",
    "cards_intro": "有効期限はこれから先の月と年、セキュリティコードはどの数字でもかまいません。",
    "card_ok": "支払いができます",
    "card_declined": "カード会社が承認しません",
    "card_funds": "利用可能額が足りません",
    "card_3ds": "本人確認の画面が出ます",
    "card_dispute": "支払いのあと、異議の申し立てが起こります",
    "3ds_title": "本人確認",
    "3ds_text": "カード会社の本人確認です。{merchant} への {amount}円のお支払いを認証しますか。",
    "3ds_yes": "認証する",
    "3ds_no": "認証しない",
    "expired_title": "この決済画面は期限が切れました",
    "expired_text": "お金は動いていません。元のページに戻って、もう一度はじめから手続きしてください。",
    "complete_title": "このお支払いは完了しています",
    "complete_text": "もう一度支払う必要はありません。",
    "complete_link": "完了ページへ進む",
    "lost_title": "この決済画面は見つかりません",
    "lost_text": "アドレスを確かめて、元のページからもう一度お進みください。",
}
EN = {
    "test_notice": "Test payment page (no real payment is made)",
    "title": "Payment",
    "pay_to": "Pay to",
    "amount": "Amount",
    "yen": "¥{amount}",
    "details": "Details",
    "email": "E-mail address",
    "email_hint": "Your receipt goes here.",
    "card": "Card number",
    "card_hint": "Use one of the test numbers below.",
    "expiry": "Expiry (month / year)",
    "expiry_hint": "For example: 12 / 34",
    "cvc": "Security code",
    "cvc_hint": "3 or 4 digits on the card",
    "pay": "Pay ¥{amount}",
    "back": "Back",
    "error_title": "Please check what you entered",
    "refused_title": "The payment was not made",
    "error_prefix": "Error: ",
    "bad_email": "Enter an e-mail address in a form like name@example.jp.",
    "bad_card": "This card number cannot be used. Enter one of the test numbers.",
    "bad_expiry": "Enter an expiry month and year in the future (for example 12 / 34).",
    "bad_cvc": "Enter a security code of 3 or 4 digits.",
    "generic_decline": "The card company did not approve it. No money was moved. Please try another card.",
    "insufficient_funds": "The card did not have enough funds. No money was moved. Please try another card.",
    "expired_card": "The card has expired. No money was moved. Please try another card.",
    "authentication": "Your identity was not confirmed. No money was moved. Try again or use another card.",
    "cards_title": "Test card numbers",
    "cards_intro": "Any expiry in the future and any security code will do.",
    "card_ok": "The payment succeeds",
    "card_declined": "The card company declines",
    "card_funds": "There are not enough funds",
    "card_3ds": "An identity check is shown",
    "card_dispute": "The payment is disputed afterwards",
    "3ds_title": "Identity check",
    "3ds_text": "This is your card company's identity check. "
    "Do you confirm the payment of ¥{amount} to {merchant}?",
    "3ds_yes": "Confirm",
    "3ds_no": "Do not confirm",
    "expired_title": "This payment page has expired",
    "expired_text": "No money was moved. Please go back and start again.",
    "complete_title": "This payment is complete",
    "complete_text": "You do not need to pay again.",
    "complete_link": "Continue",
    "lost_title": "This payment page was not found",
    "lost_text": "Check the address and start again from the page you came from.",
}


def language(locale: str | None, accepted: str) -> str:
    """'ja' or 'en'. A session's own locale decides; 'auto' looks at the browser; else Japanese."""
    if locale == "auto":
        locale = accepted.split(",")[0]
    return "en" if (locale or "ja").lower().startswith("en") else "ja"


def words_in(lang: str) -> dict[str, str]:
    return EN if lang == "en" else JA
